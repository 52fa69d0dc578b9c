// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.iopfhir.access.Role;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.jwt.JwtClaimsSet;
import org.springframework.security.oauth2.jwt.NimbusJwtEncoder;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.token.DelegatingOAuth2TokenGenerator;
import org.springframework.security.oauth2.server.authorization.token.JwtEncodingContext;
import org.springframework.security.oauth2.server.authorization.token.JwtGenerator;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenCustomizer;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;

/** Makes tokens. */
final class TokenMaking {

    /** How long an access token lives with which a user takes part. */
    static final Duration FOR_USERS = Duration.ofMinutes(15);

    /** How long an access token lives of a system that acts itself. */
    static final Duration FOR_SYSTEMS = Duration.ofMinutes(5);

    private TokenMaking() {}

    static OAuth2TokenGenerator<OAuth2Token> generator(Accounts accounts, Keys keys, Clock clock, Duration offline) {
        JWKSource<SecurityContext> signing = new JWKSource<>() {
            @Override
            public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) {
                return selector.select(new JWKSet(keys.signing()));
            }
        };
        JwtGenerator jwts = new JwtGenerator(new NimbusJwtEncoder(signing));
        jwts.setJwtCustomizer(new Claims(accounts));
        return new DelegatingOAuth2TokenGenerator(jwts, new RefreshTokens(clock, offline));
    }

    /**
     * What a token says of who acts, for whom and where. Roles and patients are those of the moment when it is made; who
     * was removed since gets no new token.
     */
    private record Claims(Accounts accounts) implements OAuth2TokenCustomizer<JwtEncodingContext> {

        @Override
        public void customize(JwtEncodingContext context) {
            String fhirBase = new Place(Objects.requireNonNull(context.getAuthorizationServerContext())
                            .getIssuer())
                    .fhirBase();
            JwtClaimsSet.Builder claims = context.getClaims();
            if (!OAuth2TokenType.ACCESS_TOKEN.equals(context.getTokenType())) {
                Set<String> scopes = context.getAuthorizedScopes();
                if (scopes.contains("fhirUser") || scopes.contains("profile")) {
                    claims.claim("fhirUser", fhirBase + "/" + user(context).fhirUser());
                }
                return;
            }
            claims.audience(List.of(fhirBase));
            claims.claim("client_id", context.getRegisteredClient().getClientId());
            claims.claim("scope", String.join(" ", context.getAuthorizedScopes()));
            if (context.getAuthorizationGrantType().equals(AuthorizationGrantType.CLIENT_CREDENTIALS)) {
                forSystem(context, claims);
            } else {
                forUser(context, claims, fhirBase);
            }
        }

        private void forSystem(JwtEncodingContext context, JwtClaimsSet.Builder claims) {
            Client client = accounts.client(context.getRegisteredClient().getClientId())
                    .orElseThrow(() -> new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT));
            claims.subject(client.id());
            claims.claim("iop_roles", codes(client.roles()));
            if (client.organization() != null) {
                claims.claim("iop_organization", client.organization());
            }
            claims.claims(all -> all.put("exp", ((Instant) Objects.requireNonNull(all.get("iat"))).plus(FOR_SYSTEMS)));
        }

        private void forUser(JwtEncodingContext context, JwtClaimsSet.Builder claims, String fhirBase) {
            User user = user(context);
            OAuth2Authorization grant = Objects.requireNonNull(context.getAuthorization());
            claims.id(RevokedTokens.newTokenOf(grant.getId()));
            claims.claim("fhirUser", fhirBase + "/" + user.fhirUser());
            claims.claim("iop_roles", codes(user.roles()));
            if (user.organization() != null) {
                claims.claim("iop_organization", user.organization());
            }
            if (!user.patients().isEmpty()) {
                claims.claim("iop_patients", user.patients().stream().sorted().toList());
            }
            LaunchContext launch = GrantJson.context(grant);
            if (launch.patient() != null) {
                claims.claim("patient", launch.patient());
            }
            if (launch.encounter() != null) {
                claims.claim("encounter", launch.encounter());
            }
        }

        private User user(JwtEncodingContext context) {
            return accounts.user(context.getPrincipal().getName())
                    .orElseThrow(() -> new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT));
        }

        private static List<String> codes(Set<Role> roles) {
            return roles.stream().map(Role::code).sorted().toList();
        }
    }

    /** Makes refresh tokens, where the user has granted that the app stays connected. */
    private record RefreshTokens(Clock clock, Duration offline) implements OAuth2TokenGenerator<OAuth2RefreshToken> {

        /** As long as a working day, for an app that is used while its user is there. */
        private static final Duration ONLINE = Duration.ofHours(12);

        @Override
        public @Nullable OAuth2RefreshToken generate(OAuth2TokenContext context) {
            if (!OAuth2TokenType.REFRESH_TOKEN.equals(context.getTokenType())) {
                return null;
            }
            OAuth2Authorization grant = Objects.requireNonNull(context.getAuthorization());
            Instant now = clock.instant();
            if (grant.getAuthorizedScopes().contains("offline_access")) {
                return new OAuth2RefreshToken(Secrets.random(48), now, now.plus(offline));
            }
            if (grant.getAuthorizedScopes().contains("online_access")) {
                OAuth2Authorization.Token<OAuth2RefreshToken> current = grant.getRefreshToken();
                Instant until = current == null
                        ? now.plus(ONLINE)
                        : Objects.requireNonNull(current.getToken().getExpiresAt());
                return new OAuth2RefreshToken(Secrets.random(48), now, until);
            }
            return null;
        }
    }
}
