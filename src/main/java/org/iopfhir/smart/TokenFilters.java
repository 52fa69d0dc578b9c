// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletRequestWrapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AnonymousAuthenticationToken;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.authentication.ProviderManager;
import org.springframework.security.core.authority.AuthorityUtils;
import org.springframework.security.core.context.SecurityContextHolder;
import org.springframework.security.core.context.SecurityContextImpl;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationContext;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContext;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.security.oauth2.server.authorization.settings.AuthorizationServerSettings;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;
import org.springframework.security.oauth2.server.authorization.web.OAuth2ClientAuthenticationFilter;
import org.springframework.security.oauth2.server.authorization.web.OAuth2TokenEndpointFilter;
import org.springframework.security.oauth2.server.authorization.web.authentication.OAuth2AccessTokenResponseAuthenticationSuccessHandler;

/**
 * Spring Authorization Server's part of a request: who the client is, then the token endpoint. Its filters are put
 * together by hand, as its configurer would add sessions, pages and endpoints that this server answers itself.
 */
final class TokenFilters {

    private static final AuthorizationServerSettings PATHS =
            AuthorizationServerSettings.builder().tokenEndpoint(Place.TOKEN).build();

    private static final AnonymousAuthenticationToken NOBODY =
            new AnonymousAuthenticationToken("nobody", "nobody", AuthorityUtils.createAuthorityList("ROLE_ANONYMOUS"));

    private final OAuth2ClientAuthenticationFilter client;
    private final OAuth2TokenEndpointFilter token;

    private TokenFilters(OAuth2ClientAuthenticationFilter client, OAuth2TokenEndpointFilter token) {
        this.client = client;
        this.token = token;
    }

    static TokenFilters of(
            Accounts accounts,
            GrantStore grants,
            List<AuthenticationProvider> proofs,
            OAuth2TokenGenerator<? extends OAuth2Token> tokens) {
        List<AuthenticationProvider> all = new ArrayList<>(proofs);
        all.addAll(TokenRequests.providers(grants, tokens));
        ProviderManager manager = new ProviderManager(all);
        OAuth2ClientAuthenticationFilter client = new OAuth2ClientAuthenticationFilter(manager, request -> true);
        client.setAuthenticationConverter(ClientProofs.converter());
        OAuth2TokenEndpointFilter token = new OAuth2TokenEndpointFilter(manager, Place.TOKEN);
        token.setAuthenticationConverter(TokenRequests.converter(accounts));
        OAuth2AccessTokenResponseAuthenticationSuccessHandler answer =
                new OAuth2AccessTokenResponseAuthenticationSuccessHandler();
        answer.setAccessTokenResponseCustomizer(context -> addLaunch(context, grants));
        token.setAuthenticationSuccessHandler(answer);
        return new TokenFilters(client, token);
    }

    /** What SMART adds to the answer when a user takes part: upon what the app is opened. */
    private static void addLaunch(OAuth2AccessTokenAuthenticationContext context, GrantStore grants) {
        OAuth2AccessTokenAuthenticationToken made = context.getAuthentication();
        String issuer = AuthorizationServerContextHolder.getContext().getIssuer();
        LaunchAnswer.of(made, grants, new Place(issuer))
                .ifPresent(more -> context.getAccessTokenResponse().additionalParameters(more));
    }

    /**
     * Let Spring see who the client is, and answer at the token endpoint.
     *
     * @param next answers elsewhere
     */
    void answer(HttpServletRequest request, HttpServletResponse response, Place place, FilterChain next)
            throws IOException, ServletException {
        AuthorizationServerContextHolder.setContext(new Context(place.issuer()));
        SecurityContextHolder.setContext(new SecurityContextImpl(NOBODY));
        try {
            client.doFilter(
                    new WithoutProof(request), response, (shown, answer) -> token.doFilter(shown, answer, next));
        } finally {
            SecurityContextHolder.clearContext();
            AuthorizationServerContextHolder.resetContext();
        }
    }

    private record Context(String issuer) implements AuthorizationServerContext {
        @Override
        public String getIssuer() {
            return issuer;
        }

        @Override
        public AuthorizationServerSettings getAuthorizationServerSettings() {
            return PATHS;
        }
    }

    /** Hides a DPoP proof: nothing checks it at the FHIR API, so a token must not look bound to it. */
    private static final class WithoutProof extends HttpServletRequestWrapper {

        WithoutProof(HttpServletRequest request) {
            super(request);
        }

        @Override
        public @Nullable String getHeader(String name) {
            return name.equalsIgnoreCase("DPoP") ? null : super.getHeader(name);
        }
    }
}
