// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.security.Principal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.UsernamePasswordAuthenticationToken;
import org.springframework.security.oauth2.core.AbstractOAuth2Token;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.core.endpoint.OAuth2AuthorizationRequest;
import org.springframework.security.oauth2.core.oidc.OidcIdToken;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;

/** A grant as text. Of its tokens it holds hashes. */
final class GrantJson {

    private static final String HASH = "#";

    private static final ObjectMapper JSON = new ObjectMapper();

    private final RegisteredClientRepository clients;

    GrantJson(RegisteredClientRepository clients) {
        this.clients = clients;
    }

    /** Whether the value of a token is what {@link #read} puts in place of the unknown one. */
    static boolean isHash(String value) {
        return value.startsWith(HASH);
    }

    String write(OAuth2Authorization grant) {
        OAuth2AuthorizationRequest request =
                Objects.requireNonNull(grant.getAttribute(OAuth2AuthorizationRequest.class.getName()));
        ObjectNode node = JSON.createObjectNode();
        node.put("id", grant.getId());
        node.put("client", grant.getRegisteredClientId());
        node.put("user", grant.getPrincipalName());
        node.set("scopes", JSON.valueToTree(grant.getAuthorizedScopes()));
        ObjectNode asked = node.putObject("request");
        asked.put("uri", request.getAuthorizationUri());
        asked.put("redirect", request.getRedirectUri());
        asked.put("state", request.getState());
        asked.set("scopes", JSON.valueToTree(request.getScopes()));
        asked.set("more", JSON.valueToTree(request.getAdditionalParameters()));
        node.set("context", JSON.valueToTree(context(grant)));
        node.set("code", token(grant.getToken(OAuth2AuthorizationCode.class)));
        node.set("refresh", token(grant.getRefreshToken()));
        OAuth2Authorization.Token<OidcIdToken> id = grant.getToken(OidcIdToken.class);
        if (id != null) {
            node.put("idIssued", id.getToken().getIssuedAt().toEpochMilli());
        }
        return node.toString();
    }

    /** What an app was opened upon. */
    static LaunchContext context(OAuth2Authorization grant) {
        LaunchContext context = grant.getAttribute(LaunchContext.class.getName());
        return context == null ? LaunchContext.EMPTY : context;
    }

    private static @Nullable ObjectNode token(OAuth2Authorization.@Nullable Token<? extends OAuth2Token> token) {
        if (token == null) {
            return null;
        }
        String value = token.getToken().getTokenValue();
        ObjectNode node = JSON.createObjectNode();
        node.put("hash", isHash(value) ? value.substring(1) : Secrets.hash(value));
        node.put(
                "issued", Objects.requireNonNull(token.getToken().getIssuedAt()).toEpochMilli());
        node.put(
                "expires",
                Objects.requireNonNull(token.getToken().getExpiresAt()).toEpochMilli());
        node.put("used", token.isInvalidated());
        return node;
    }

    /**
     * Read a grant.
     *
     * @param known a token whose value the caller knows; it takes the place of its hash
     * @return empty when its client is no longer registered
     */
    Optional<OAuth2Authorization> read(String text, String known) {
        JsonNode node = tree(text);
        RegisteredClient client = clients.findById(node.path("client").asText());
        if (client == null) {
            return Optional.empty();
        }
        String user = node.path("user").asText();
        OAuth2Authorization.Builder grant = OAuth2Authorization.withRegisteredClient(client)
                .id(node.path("id").asText())
                .principalName(user)
                .authorizationGrantType(AuthorizationGrantType.AUTHORIZATION_CODE)
                .authorizedScopes(new LinkedHashSet<>(texts(node.path("scopes"))))
                .attribute(Principal.class.getName(), signedIn(user))
                .attribute(OAuth2AuthorizationRequest.class.getName(), request(client, node.path("request")))
                .attribute(LaunchContext.class.getName(), JSON.convertValue(node.path("context"), LaunchContext.class));
        JsonNode code = node.path("code");
        if (code.isObject()) {
            add(grant, new OAuth2AuthorizationCode(value(code, known), issued(code), expires(code)), code);
        }
        JsonNode refresh = node.path("refresh");
        if (refresh.isObject()) {
            add(grant, new OAuth2RefreshToken(value(refresh, known), issued(refresh), expires(refresh)), refresh);
        }
        if (node.has("idIssued")) {
            Instant issued = Instant.ofEpochMilli(node.path("idIssued").asLong());
            grant.token(new OidcIdToken("#", issued, issued.plusSeconds(1), Map.of("sub", user)));
        }
        return Optional.of(grant.build());
    }

    /** Who has signed in, as Spring Security carries him through a request. */
    static UsernamePasswordAuthenticationToken signedIn(String user) {
        return UsernamePasswordAuthenticationToken.authenticated(user, null, List.of());
    }

    private static OAuth2AuthorizationRequest request(RegisteredClient client, JsonNode node) {
        Map<String, Object> more = new java.util.HashMap<>();
        node.path("more")
                .properties()
                .forEach(field -> more.put(field.getKey(), field.getValue().asText()));
        return OAuth2AuthorizationRequest.authorizationCode()
                .authorizationUri(node.path("uri").asText())
                .clientId(client.getClientId())
                .redirectUri(node.path("redirect").asText())
                .state(node.path("state").asText())
                .scopes(new LinkedHashSet<>(texts(node.path("scopes"))))
                .additionalParameters(more)
                .build();
    }

    private static <T extends AbstractOAuth2Token> void add(OAuth2Authorization.Builder grant, T token, JsonNode node) {
        grant.token(
                token,
                metadata -> metadata.put(
                        OAuth2Authorization.Token.INVALIDATED_METADATA_NAME,
                        node.path("used").asBoolean()));
    }

    private static String value(JsonNode token, String known) {
        String hash = token.path("hash").asText();
        return !known.isEmpty() && hash.equals(Secrets.hash(known)) ? known : HASH + hash;
    }

    private static Instant issued(JsonNode token) {
        return Instant.ofEpochMilli(token.path("issued").asLong());
    }

    private static Instant expires(JsonNode token) {
        return Instant.ofEpochMilli(token.path("expires").asLong());
    }

    private static List<String> texts(JsonNode array) {
        List<String> texts = new ArrayList<>();
        array.forEach(text -> texts.add(text.asText()));
        return texts;
    }

    private static JsonNode tree(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("A grant in the database cannot be read", e);
        }
    }
}
