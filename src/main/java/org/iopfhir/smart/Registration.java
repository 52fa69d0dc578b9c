// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Lets an app register itself (RFC 7591) that shows the token which the operator has given out for it. It registers apps
 * that people use; a system that acts without a user is registered by the operator.
 */
final class Registration {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final String token;
    private final AccessFile<Client> clients;

    Registration(String token, AccessFile<Client> clients) {
        this.token = token;
        this.clients = clients;
    }

    /** Whether anybody may. */
    boolean isOn() {
        return !token.isEmpty();
    }

    void answer(Visit visit) throws IOException {
        Answers.unstored(visit.response());
        String header = visit.request().getHeader("Authorization");
        if (header == null || !Secrets.same(header, "Bearer " + token)) {
            visit.response().setHeader("WWW-Authenticate", "Bearer");
            Answers.error(visit.response(), 401, "invalid_token", "The operator's registration token is needed.");
            return;
        }
        try {
            register(visit, JSON.readTree(visit.request().getInputStream().readNBytes(100_000)));
        } catch (JsonProcessingException e) {
            Answers.error(visit.response(), 400, "invalid_client_metadata", "The body must be JSON.");
        } catch (BadEntryException e) {
            String why = String.valueOf(e.getMessage());
            boolean redirect = why.contains("redirects");
            Answers.error(
                    visit.response(),
                    400,
                    redirect ? "invalid_redirect_uri" : "invalid_client_metadata",
                    why.substring(why.lastIndexOf("): ") + 3));
        }
    }

    private void register(Visit visit, JsonNode asked) throws IOException {
        String method = asked.path("token_endpoint_auth_method").asText("client_secret_basic");
        ObjectNode entry = JSON.createObjectNode();
        entry.put("id", "app-" + Secrets.random(12));
        entry.put("name", asked.path("client_name").asText("An app without a name"));
        copy(asked.path("redirect_uris"), entry.putArray("redirects"));
        if (asked.path("initiate_login_uri").isTextual()) {
            entry.set("launchUrl", asked.path("initiate_login_uri"));
        }
        ArrayNode scopes = entry.putArray("scopes");
        List<String> wanted = Scopes.split(asked.path("scope").asText("openid fhirUser launch/patient patient/*.rs"));
        wanted.stream().filter(Registration::isForApps).forEach(scopes::add);
        @Nullable String secret = null;
        switch (method) {
            case "none" -> entry.put("kind", "public");
            case "private_key_jwt" -> {
                entry.put("kind", "jwks");
                if (asked.has("jwks")) {
                    entry.set("jwks", asked.path("jwks"));
                } else {
                    entry.put("jwksUrl", asked.path("jwks_uri").asText(""));
                }
            }
            default -> {
                secret = Secrets.random();
                entry.put("kind", "secret");
                entry.put("secret", new Passwords().encode(secret));
            }
        }
        clients.put(entry);
        Answers.json(visit.response(), 201, answer(entry, secret == null ? method : "client_secret_basic", secret));
    }

    private static boolean isForApps(String scope) {
        return Client.OTHER_SCOPES.contains(scope) || scope.startsWith("patient/") || scope.startsWith("user/");
    }

    private static ObjectNode answer(ObjectNode entry, String method, @Nullable String secret) {
        ObjectNode answer = JSON.createObjectNode();
        answer.put("client_id", entry.path("id").asText());
        answer.put("client_name", entry.path("name").asText());
        answer.set("redirect_uris", entry.path("redirects"));
        answer.put("token_endpoint_auth_method", method);
        answer.putArray("grant_types").add("authorization_code").add("refresh_token");
        answer.putArray("response_types").add("code");
        StringBuilder scope = new StringBuilder();
        entry.path("scopes")
                .forEach(one -> scope.append(scope.isEmpty() ? "" : " ").append(one.asText()));
        answer.put("scope", scope.toString());
        if (secret != null) {
            answer.put("client_secret", secret);
            answer.put("client_secret_expires_at", 0);
        }
        return answer;
    }

    private static void copy(JsonNode from, ArrayNode to) {
        from.forEach(to::add);
    }
}
