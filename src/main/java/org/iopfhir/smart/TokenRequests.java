// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.http.HttpServletRequest;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.iopfhir.access.Scope;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2AuthorizationCode;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AuthorizationCodeAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientCredentialsAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AuthorizationCodeAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2ClientCredentialsAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2RefreshTokenAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.DelegatingAuthenticationConverter;

/** The three grants of the token endpoint, with SMART's rules about scopes, and codes that are good once. */
final class TokenRequests {

    private TokenRequests() {}

    static AuthenticationConverter converter(Accounts accounts) {
        OAuth2ClientCredentialsAuthenticationConverter systems = new OAuth2ClientCredentialsAuthenticationConverter();
        return new DelegatingAuthenticationConverter(List.of(
                new OAuth2AuthorizationCodeAuthenticationConverter(),
                new OAuth2RefreshTokenAuthenticationConverter(),
                request -> forSystem(systems, accounts, request)));
    }

    static List<AuthenticationProvider> providers(
            GrantStore grants, OAuth2TokenGenerator<? extends OAuth2Token> tokens) {
        OAuth2ClientCredentialsAuthenticationProvider systems =
                new OAuth2ClientCredentialsAuthenticationProvider(grants, tokens);
        // The converter has cut the scopes down already.
        systems.setAuthenticationValidator(context -> {});
        return List.of(
                new UsedOnce(new OAuth2AuthorizationCodeAuthenticationProvider(grants, tokens), grants),
                new RefreshGrant(grants, tokens),
                systems);
    }

    /** The client that has shown who it is. */
    static OAuth2ClientAuthenticationToken client(Object principal) {
        if (principal instanceof OAuth2ClientAuthenticationToken client && client.isAuthenticated()) {
            return client;
        }
        throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
    }

    private static @Nullable Authentication forSystem(
            OAuth2ClientCredentialsAuthenticationConverter converter, Accounts accounts, HttpServletRequest request) {
        Authentication converted = converter.convert(request);
        if (!(converted instanceof OAuth2ClientCredentialsAuthenticationToken asked)) {
            return converted;
        }
        String id = Objects.requireNonNull(client(asked.getPrincipal()).getRegisteredClient())
                .getClientId();
        Client client = accounts.client(id)
                .orElseThrow(() -> new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT));
        List<String> wanted = asked.getScopes().stream()
                .filter(scope -> Scopes.isOfLevel(scope, Scope.Level.SYSTEM))
                .toList();
        Set<String> granted = Scopes.grantable(wanted, client);
        if (granted.isEmpty() && client.isSystem()) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_SCOPE);
        }
        return new OAuth2ClientCredentialsAuthenticationToken(
                (Authentication) asked.getPrincipal(), granted, asked.getAdditionalParameters());
    }

    /** A code that comes a second time was stolen, so what the first use gave out ends. */
    private record UsedOnce(AuthenticationProvider codes, GrantStore grants) implements AuthenticationProvider {

        @Override
        public @Nullable Authentication authenticate(Authentication authentication) {
            OAuth2AuthorizationCodeAuthenticationToken asked =
                    (OAuth2AuthorizationCodeAuthenticationToken) authentication;
            OAuth2Authorization grant = grants.findByToken(asked.getCode(), new OAuth2TokenType("code"));
            if (grant != null) {
                Instant expires = Objects.requireNonNull(
                                Objects.requireNonNull(grant.getToken(OAuth2AuthorizationCode.class))
                                        .getToken())
                        .getExpiresAt();
                if (!grants.isFirstUse(asked.getCode(), Objects.requireNonNull(expires))) {
                    grants.remove(grant);
                    throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
                }
            }
            return codes.authenticate(authentication);
        }

        @Override
        public boolean supports(Class<?> authentication) {
            return codes.supports(authentication);
        }
    }
}
