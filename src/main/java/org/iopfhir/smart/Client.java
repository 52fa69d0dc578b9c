// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.jwk.JWKSet;
import java.net.URI;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.access.Role;
import org.iopfhir.access.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.util.unit.DataSize;

/**
 * A registered app or system.
 *
 * @param id     {@code client_id}
 * @param name   as people see it
 * @param proof  how it shows who it is
 * @param app    where it runs, when people use it
 * @param scopes the most that it can be granted
 * @param standing what it is to the program
 */
record Client(String id, String name, Proof proof, App app, List<String> scopes, Standing standing) {

    /** What a client may be granted besides scopes for resources. */
    static final List<String> OTHER_SCOPES = List.of(
            "openid",
            "fhirUser",
            "profile",
            "launch",
            "launch/patient",
            "launch/encounter",
            "offline_access",
            "online_access");

    Client {
        scopes = List.copyOf(scopes);
    }

    /**
     * @param roles        when it acts without a user
     * @param organization id of the Organization whose system it is; {@code null} when that is not said
     * @param maxBody      the largest body that it may send; {@code null}: as every client
     */
    record Standing(
            Set<Role> roles,
            @Nullable String organization,
            @Nullable DataSize maxBody) {
        Standing {
            roles = Set.copyOf(roles);
        }
    }

    Set<Role> roles() {
        return standing.roles();
    }

    @Nullable
    String organization() {
        return standing.organization();
    }

    /** How a client shows who it is. */
    enum Kind {
        /** It cannot keep a secret: an app in a browser or a phone. */
        PUBLIC,
        /** By a secret. */
        SECRET,
        /** By a signature. */
        JWKS;

        String code() {
            return name().toLowerCase(Locale.ROOT);
        }

        static Optional<Kind> of(String code) {
            return Arrays.stream(values())
                    .filter(kind -> kind.code().equals(code))
                    .findFirst();
        }
    }

    /**
     * @param secretHash of its secret, when it has one
     * @param keys       its public keys, when they were registered themselves
     * @param keysUrl    where its public keys are, otherwise
     */
    record Proof(
            Kind kind,
            @Nullable String secretHash,
            @Nullable JWKSet keys,
            @Nullable String keysUrl) {}

    /**
     * @param redirects  URLs that may be sent a code
     * @param launchUrl  where an EHR opens it
     * @param origins    whose pages may call the server for it, besides those of its addresses
     */
    record App(List<String> redirects, @Nullable String launchUrl, List<String> origins) {
        App {
            redirects = List.copyOf(redirects);
            origins = List.copyOf(origins);
        }

        /** All origins that it runs at: those that are named, and those of its addresses in the web. */
        Set<String> allOrigins() {
            Set<String> all = new LinkedHashSet<>(origins);
            redirects.stream().map(App::origin).forEach(all::add);
            if (launchUrl != null) {
                all.add(origin(launchUrl));
            }
            // An app of a phone has an address of its own scheme, and no pages.
            all.removeIf(origin -> !origin.startsWith("http"));
            return all;
        }

        /** As a browser writes it. */
        private static String origin(String url) {
            URI uri = URI.create(url);
            String scheme = String.valueOf(uri.getScheme()).toLowerCase(Locale.ROOT);
            int usual = scheme.equals("https") ? 443 : 80;
            String port = uri.getPort() < 0 || uri.getPort() == usual ? "" : ":" + uri.getPort();
            return scheme + "://" + String.valueOf(uri.getHost()).toLowerCase(Locale.ROOT) + port;
        }
    }

    boolean isPublic() {
        return proof.kind() == Kind.PUBLIC;
    }

    /** Whether people use it. */
    boolean isApp() {
        return !app.redirects().isEmpty();
    }

    /** Whether it may act without a user. */
    boolean isSystem() {
        return !isPublic()
                && !roles().isEmpty()
                && resourceScopes().stream().anyMatch(scope -> scope.level() == Scope.Level.SYSTEM);
    }

    List<Scope> resourceScopes() {
        return Scope.parseAll(String.join(" ", scopes));
    }
}
