// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.iopfhir.access.Caller.Grant;
import org.iopfhir.access.Caller.Party;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.jwt.BadJwtException;
import org.springframework.security.oauth2.jwt.Jwt;

/** Reads the claims of a token that is verified. What it cannot understand it refuses, since less would be more rights. */
final class TokenClaims {

    private static final Pattern USER =
            Pattern.compile("(?:Patient|Practitioner|PractitionerRole|RelatedPerson|Person)/[A-Za-z0-9.-]{1,64}");
    private static final Pattern ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");
    private static final Pattern PURPOSE = Pattern.compile("[A-Z][A-Z0-9]{1,31}");

    private final String rolesClaim;

    TokenClaims(String rolesClaim) {
        this.rolesClaim = rolesClaim;
    }

    /**
     * @param bases URLs, without a slash at the end, below which {@code fhirUser} may be
     * @throws BadJwtException when a claim is missing or is not what this server takes
     */
    Caller caller(Jwt token, Collection<String> bases) {
        Party party = new Party(
                required(token, "sub"), client(token), user(token, bases), roles(token), id(organization(token)));
        Grant grant = new Grant(
                Scope.parseAll(scopes(token)),
                id(token.getClaim("patient")),
                ids(token.getClaim("iop_patients")),
                purpose(token.getClaim("purpose_of_use")));
        return new Caller(party, grant, required(token, "jti"));
    }

    /** Keycloak and others write {@code azp}. */
    private static String client(Jwt token) {
        return token.hasClaim("client_id") ? required(token, "client_id") : required(token, "azp");
    }

    private static String required(Jwt token, String name) {
        Object value = token.getClaim(name);
        if (value instanceof String text && !text.isBlank() && text.length() <= 256) {
            return text;
        }
        throw new BadJwtException("claim " + name + " is missing");
    }

    private static String scopes(Jwt token) {
        Object scope = token.getClaim("scope");
        if (scope instanceof Collection<?> list) {
            return list.stream().map(String::valueOf).collect(Collectors.joining(" "));
        }
        return scope instanceof String text ? text : "";
    }

    private static @Nullable String user(Jwt token, Collection<String> bases) {
        Object claim = token.getClaim("fhirUser");
        if (claim == null) {
            return null;
        }
        String user = String.valueOf(claim);
        for (String base : bases) {
            if (user.startsWith(base + "/")) {
                user = user.substring(base.length() + 1);
                break;
            }
        }
        Matcher reference = USER.matcher(user);
        if (!reference.matches()) {
            throw new BadJwtException("fhirUser is nobody of this server");
        }
        return user;
    }

    private Set<Role> roles(Jwt token) {
        Object claim = token.getClaims().get(rolesClaim);
        return texts(claim == null ? follow(token.getClaims(), rolesClaim) : claim).stream()
                .map(Role::of)
                .flatMap(Optional::stream)
                .collect(Collectors.toSet());
    }

    private static @Nullable Object follow(Map<String, Object> claims, String path) {
        Object found = claims;
        for (String step : path.split("\\.", -1)) {
            found = found instanceof Map<?, ?> object ? object.get(step) : null;
        }
        return found;
    }

    private static Set<String> texts(@Nullable Object claim) {
        Set<String> texts = new LinkedHashSet<>();
        if (claim instanceof Collection<?> list) {
            list.forEach(element -> texts.add(String.valueOf(element)));
        } else if (claim instanceof String text) {
            texts.addAll(List.of(text.split(" ")));
        }
        return texts;
    }

    /** An id, or a reference to it. */
    private static @Nullable Object organization(Jwt token) {
        Object claim = token.getClaim("iop_organization");
        return claim instanceof String text && text.startsWith("Organization/")
                ? text.substring("Organization/".length())
                : claim;
    }

    private static Set<String> ids(@Nullable Object claim) {
        Set<String> ids = texts(claim);
        ids.forEach(TokenClaims::id);
        return ids;
    }

    private static @Nullable String id(@Nullable Object claim) {
        if (claim == null) {
            return null;
        }
        String id = String.valueOf(claim);
        if (!ID.matcher(id).matches()) {
            throw new BadJwtException("a claim that names a record is no id");
        }
        return id;
    }

    private static @Nullable String purpose(@Nullable Object claim) {
        if (claim == null) {
            return null;
        }
        String purpose = String.valueOf(claim);
        if (!PURPOSE.matcher(purpose).matches()) {
            throw new BadJwtException("purpose_of_use is no code");
        }
        return purpose;
    }
}
