// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jwt.JWTClaimsSet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.access.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.security.core.Authentication;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;

/** Tells what a token says (RFC 7662), and takes one back (RFC 7009). Spring has authenticated the client before. */
final class TokenEndpoints {

    /** Whose systems may ask about tokens of others: they serve data too. */
    private static final Set<Role> RESOURCE_SERVERS = Set.of(Role.PROGRAM_SYSTEM, Role.OPERATOR);

    private static final List<String> TOLD =
            List.of("scope", "client_id", "patient", "encounter", "fhirUser", "iss", "sub", "jti", "iop_roles");

    private final OwnTokens tokens;
    private final GrantStore grants;
    private final RevokedTokens revoked;
    private final Accounts accounts;

    TokenEndpoints(OwnTokens tokens, GrantStore grants, RevokedTokens revoked, Accounts accounts) {
        this.tokens = tokens;
        this.grants = grants;
        this.revoked = revoked;
        this.accounts = accounts;
    }

    void introspect(HttpServletRequest request, HttpServletResponse response, Place place) throws IOException {
        Optional<Client> asking = client(true);
        String token = request.getParameter("token");
        if (asking.isEmpty()) {
            refuseClient(response);
        } else if (token == null) {
            Answers.error(response, 400, "invalid_request", "token is missing");
        } else {
            Map<String, Object> said = said(token, place);
            boolean mayKnow = asking.get().id().equals(said.get("client_id"))
                    || asking.get().roles().stream().anyMatch(RESOURCE_SERVERS::contains);
            Answers.json(response, 200, mayKnow && !said.isEmpty() ? said : Map.of("active", false));
        }
    }

    private Map<String, Object> said(String token, Place place) {
        Optional<JWTClaimsSet> claims = tokens.read(token, place);
        Map<String, Object> said = new LinkedHashMap<>();
        if (claims.isPresent()) {
            said.put("active", true);
            TOLD.forEach(name -> {
                Object value = claims.get().getClaim(name);
                if (value != null) {
                    said.put(name, value);
                }
            });
            said.put("aud", place.fhirBase());
            said.put("token_type", "Bearer");
            said.put("iat", claims.get().getIssueTime().toInstant().getEpochSecond());
            said.put("exp", claims.get().getExpirationTime().toInstant().getEpochSecond());
            return said;
        }
        OAuth2Authorization grant = grants.findByToken(token, OAuth2TokenType.REFRESH_TOKEN);
        OAuth2Authorization.Token<OAuth2RefreshToken> refresh = grant == null ? null : grant.getRefreshToken();
        if (grant != null && refresh != null && refresh.isActive() && isValue(refresh, token)) {
            said.put("active", true);
            said.put("scope", String.join(" ", grant.getAuthorizedScopes()));
            said.put("client_id", grant.getRegisteredClientId());
            said.put("iss", place.issuer());
            said.put("sub", grant.getPrincipalName());
            said.put(
                    "exp",
                    Objects.requireNonNull(refresh.getToken().getExpiresAt()).getEpochSecond());
        }
        return said;
    }

    private static boolean isValue(OAuth2Authorization.Token<OAuth2RefreshToken> refresh, String token) {
        return refresh.getToken().getTokenValue().equals(token);
    }

    void revoke(HttpServletRequest request, HttpServletResponse response, Place place) throws IOException {
        Optional<Client> asking = client(false);
        String token = request.getParameter("token");
        if (asking.isEmpty()) {
            refuseClient(response);
        } else if (token == null) {
            Answers.error(response, 400, "invalid_request", "token is missing");
        } else {
            revoke(token, asking.get(), place);
            response.setStatus(HttpServletResponse.SC_OK);
        }
    }

    /** A token that is not the client's stays as it is, and the client is told nothing about it. */
    private void revoke(String token, Client client, Place place) {
        Optional<JWTClaimsSet> claims = tokens.read(token, place);
        if (claims.isPresent()) {
            if (client.id().equals(claims.get().getClaim("client_id"))) {
                revoked.revoke(claims.get().getJWTID());
            }
            return;
        }
        OAuth2Authorization grant = grants.findByToken(token, null);
        if (grant != null && grant.getRegisteredClientId().equals(client.id())) {
            grants.remove(grant);
        }
    }

    private Optional<Client> client(boolean confidential) {
        @Nullable Authentication shown = SecurityContextHolder.getContext().getAuthentication();
        if (shown instanceof OAuth2ClientAuthenticationToken client && client.isAuthenticated()) {
            boolean named = ClientAuthenticationMethod.NONE.equals(client.getClientAuthenticationMethod());
            String id = Objects.requireNonNull(client.getRegisteredClient()).getClientId();
            return confidential && named ? Optional.empty() : accounts.client(id);
        }
        return Optional.empty();
    }

    private static void refuseClient(HttpServletResponse response) throws IOException {
        response.setHeader("WWW-Authenticate", "Basic");
        Answers.json(response, HttpServletResponse.SC_UNAUTHORIZED, Map.of("error", "invalid_client"));
    }
}
