// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.security.Principal;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.AuthorizationGrantType;
import org.springframework.security.oauth2.core.OAuth2AccessToken;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2RefreshToken;
import org.springframework.security.oauth2.core.OAuth2Token;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.OAuth2TokenType;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2RefreshTokenAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;
import org.springframework.security.oauth2.server.authorization.token.DefaultOAuth2TokenContext;
import org.springframework.security.oauth2.server.authorization.token.OAuth2TokenGenerator;

/**
 * Renews tokens, for public clients too. Each refresh token is good once; one that comes a second time was stolen, from
 * the app or by it, and ends the whole grant. Scopes may become narrower, in the sense of SMART's grammar, never wider.
 */
final class RefreshGrant implements AuthenticationProvider {

    private final GrantStore grants;
    private final OAuth2TokenGenerator<? extends OAuth2Token> tokens;

    RefreshGrant(GrantStore grants, OAuth2TokenGenerator<? extends OAuth2Token> tokens) {
        this.grants = grants;
        this.tokens = tokens;
    }

    @Override
    public boolean supports(Class<?> authentication) {
        return OAuth2RefreshTokenAuthenticationToken.class.isAssignableFrom(authentication);
    }

    @Override
    public Authentication authenticate(Authentication authentication) {
        OAuth2RefreshTokenAuthenticationToken asked = (OAuth2RefreshTokenAuthenticationToken) authentication;
        OAuth2ClientAuthenticationToken principal = TokenRequests.client(asked.getPrincipal());
        RegisteredClient client = Objects.requireNonNull(principal.getRegisteredClient());
        OAuth2Authorization grant = grantOf(asked.getRefreshToken(), client);
        Set<String> scopes = scopes(asked.getScopes(), grant.getAuthorizedScopes());
        DefaultOAuth2TokenContext.Builder context = DefaultOAuth2TokenContext.builder()
                .registeredClient(client)
                .principal(Objects.requireNonNull(grant.<Authentication>getAttribute(Principal.class.getName())))
                .authorizationServerContext(AuthorizationServerContextHolder.getContext())
                .authorization(grant)
                .authorizedScopes(scopes)
                .authorizationGrantType(AuthorizationGrantType.REFRESH_TOKEN)
                .authorizationGrant(asked);
        OAuth2Token made = make(context, OAuth2TokenType.ACCESS_TOKEN);
        OAuth2AccessToken access = new OAuth2AccessToken(
                OAuth2AccessToken.TokenType.BEARER,
                made.getTokenValue(),
                made.getIssuedAt(),
                made.getExpiresAt(),
                scopes);
        Map<String, Object> more = new HashMap<>();
        if (grant.getAuthorizedScopes().contains("openid")) {
            more.put("id_token", make(context, new OAuth2TokenType("id_token")).getTokenValue());
        }
        OAuth2RefreshToken refresh = (OAuth2RefreshToken) make(context, OAuth2TokenType.REFRESH_TOKEN);
        spend(asked.getRefreshToken(), grant);
        grants.save(OAuth2Authorization.from(grant).refreshToken(refresh).build());
        return new OAuth2AccessTokenAuthenticationToken(client, principal, access, refresh, more);
    }

    private OAuth2Authorization grantOf(String token, RegisteredClient client) {
        OAuth2Authorization grant = grants.findByToken(token, OAuth2TokenType.REFRESH_TOKEN);
        if (grant == null) {
            grants.grantOf(token)
                    .map(grants::findById)
                    .filter(old -> isOf(old, client))
                    .ifPresent(grants::remove);
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
        }
        OAuth2Authorization.Token<OAuth2RefreshToken> refresh = grant.getRefreshToken();
        if (!isOf(grant, client)
                || refresh == null
                || !refresh.getToken().getTokenValue().equals(token)
                || !refresh.isActive()) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
        }
        return grant;
    }

    private static boolean isOf(@Nullable OAuth2Authorization grant, RegisteredClient client) {
        return grant != null && grant.getRegisteredClientId().equals(client.getId());
    }

    private static Set<String> scopes(Set<String> asked, Set<String> granted) {
        if (!asked.stream().allMatch(scope -> Scopes.isWithin(scope, granted))) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_SCOPE);
        }
        return asked.isEmpty() ? granted : asked;
    }

    private OAuth2Token make(DefaultOAuth2TokenContext.Builder context, OAuth2TokenType type) {
        return Objects.requireNonNull(tokens.generate(context.tokenType(type).build()));
    }

    private void spend(String token, OAuth2Authorization grant) {
        OAuth2RefreshToken refresh =
                Objects.requireNonNull(grant.getRefreshToken()).getToken();
        if (!grants.isFirstUse(token, Objects.requireNonNull(refresh.getExpiresAt()))) {
            grants.remove(grant);
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_GRANT);
        }
    }
}
