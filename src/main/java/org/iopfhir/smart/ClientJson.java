// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.nimbusds.jose.jwk.JWKSet;
import java.net.URI;
import java.text.ParseException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.access.Role;
import org.iopfhir.access.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/** Clients as the file of clients holds them. */
final class ClientJson {

    static final String LIST = "clients";
    static final String KEY = "id";
    private static final String MAX_BODY = "maxBody";

    private static final Set<String> FIELDS = Set.of(
            "id",
            "name",
            "kind",
            "secret",
            "jwks",
            "jwksUrl",
            "redirects",
            "launchUrl",
            "origins",
            "scopes",
            "roles",
            "organization",
            MAX_BODY);

    private static final ObjectMapper JSON = new ObjectMapper();

    private ClientJson() {}

    static Client read(JsonFields fields) {
        fields.only(FIELDS);
        String id = fields.required("id");
        if (!id.matches("[!-~]{1,100}")) {
            throw fields.wrong("id must be 1 to 100 visible characters of ASCII");
        }
        List<String> scopes = fields.list("scopes");
        scopes.stream().filter(scope -> !isScope(scope)).findFirst().ifPresent(scope -> {
            throw fields.wrong("this server does not know the scope " + scope);
        });
        Client client = new Client(
                id,
                fields.optional("name").orElse(id),
                proof(fields),
                app(fields),
                scopes,
                new Client.Standing(fields.roles(), fields.organization(), maxBody(fields)));
        if (!client.isApp() && !client.isSystem()) {
            throw fields.wrong("needs redirects for people to use it, or roles and system/ scopes to act itself");
        }
        return client;
    }

    private static @Nullable DataSize maxBody(JsonFields fields) {
        String text = fields.optional(MAX_BODY).orElse(null);
        try {
            DataSize size = text == null ? null : DataSize.parse(text);
            if (size != null && size.toBytes() < 1) {
                throw fields.wrong("maxBody must be more than nothing");
            }
            return size;
        } catch (IllegalArgumentException e) {
            throw fields.wrong("maxBody must be a size, such as 512KB or 2MB");
        }
    }

    private static boolean isScope(String scope) {
        return Client.OTHER_SCOPES.contains(scope) || Scope.parse(scope).isPresent();
    }

    private static Client.Proof proof(JsonFields fields) {
        Client.Kind kind = Client.Kind.of(fields.required("kind"))
                .orElseThrow(() -> fields.wrong("kind must be public, secret or jwks"));
        String secret = fields.optional("secret").orElse(null);
        if ((kind == Client.Kind.SECRET) != (secret != null)) {
            throw fields.wrong("secret is for a client of kind secret, and needed there");
        }
        if (secret != null && !Passwords.isHash(secret)) {
            throw fields.wrong("secret must be a bcrypt hash, as the command client add makes it");
        }
        JWKSet keys = keys(fields);
        String url = fields.optional("jwksUrl").orElse(null);
        if ((kind == Client.Kind.JWKS) != (keys != null || url != null) || (keys != null && url != null)) {
            throw fields.wrong("a client of kind jwks, and no other, has either jwks or jwksUrl");
        }
        if (url != null && !isSecure(url)) {
            throw fields.wrong("jwksUrl must be an https URL");
        }
        return new Client.Proof(kind, secret, keys, url);
    }

    private static @Nullable JWKSet keys(JsonFields fields) {
        JsonNode node = fields.object("jwks");
        if (node == null) {
            return null;
        }
        try {
            JWKSet keys = JWKSet.parse(node.toString());
            if (keys.isEmpty() || keys.containsNonPublicKeys()) {
                throw fields.wrong("jwks must hold public keys, and nothing else");
            }
            return keys;
        } catch (ParseException e) {
            throw fields.wrong("jwks is not a JSON Web Key Set");
        }
    }

    private static Client.App app(JsonFields fields) {
        List<String> redirects = fields.list("redirects");
        redirects.stream().filter(url -> !isRedirect(url)).findFirst().ifPresent(url -> {
            throw fields.wrong(
                    "redirects must be https URLs, http ones on this machine, or of an app's own scheme: " + url);
        });
        Optional<String> launch = fields.optional("launchUrl");
        if (launch.isPresent() && !isSecure(launch.get())) {
            throw fields.wrong("launchUrl must be an https URL, or an http one on this machine");
        }
        List<String> origins = fields.list("origins");
        origins.stream().filter(origin -> !isOrigin(origin)).findFirst().ifPresent(origin -> {
            throw fields.wrong("origins must be like https://app.example.org, without a path: " + origin);
        });
        return new Client.App(redirects, launch.orElse(null), origins);
    }

    private static boolean isRedirect(String text) {
        Optional<URI> uri = uri(text);
        if (uri.isEmpty() || uri.get().getRawFragment() != null || text.contains("*")) {
            return false;
        }
        String scheme = String.valueOf(uri.get().getScheme());
        // A scheme of an app's own is a reversed domain name, RFC 8252: that leaves out javascript: and data:.
        return isSecure(text) || scheme.contains(".");
    }

    private static boolean isOrigin(String text) {
        return isSecure(text) && URI.create(text).getRawPath().isEmpty();
    }

    /** Whether it is https, or http that does not leave this machine. */
    static boolean isSecure(String text) {
        Optional<URI> uri = uri(text);
        if (uri.isEmpty() || uri.get().getHost() == null || uri.get().getUserInfo() != null) {
            return false;
        }
        boolean loopback =
                Set.of("localhost", "127.0.0.1", "[::1]").contains(uri.get().getHost());
        String scheme = uri.get().getScheme();
        return "https".equals(scheme) || ("http".equals(scheme) && loopback);
    }

    private static Optional<URI> uri(String text) {
        try {
            return Optional.of(URI.create(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    static ObjectNode write(Client client) {
        ObjectNode node = JSON.createObjectNode();
        node.put("id", client.id());
        node.put("name", client.name());
        node.put("kind", client.proof().kind().code());
        if (client.proof().secretHash() != null) {
            node.put("secret", client.proof().secretHash());
        }
        if (client.proof().keys() != null) {
            node.set("jwks", tree(client.proof().keys().toString(true)));
        }
        if (client.proof().keysUrl() != null) {
            node.put("jwksUrl", client.proof().keysUrl());
        }
        client.app().redirects().forEach(node.putArray("redirects")::add);
        if (client.app().launchUrl() != null) {
            node.put("launchUrl", client.app().launchUrl());
        }
        client.app().origins().forEach(node.putArray("origins")::add);
        client.scopes().forEach(node.putArray("scopes")::add);
        client.roles().stream().map(Role::code).sorted().forEach(node.putArray("roles")::add);
        if (client.organization() != null) {
            node.put("organization", client.organization());
        }
        if (client.standing().maxBody() != null) {
            node.put(MAX_BODY, client.standing().maxBody().toBytes() + "B");
        }
        return node;
    }

    private static JsonNode tree(String json) {
        try {
            return JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
