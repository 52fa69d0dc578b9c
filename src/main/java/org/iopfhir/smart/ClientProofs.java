// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import jakarta.servlet.http.HttpServletRequest;
import java.text.ParseException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.security.authentication.AuthenticationProvider;
import org.springframework.security.core.Authentication;
import org.springframework.security.oauth2.core.ClientAuthenticationMethod;
import org.springframework.security.oauth2.core.OAuth2AuthenticationException;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.server.authorization.authentication.ClientSecretAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.JwtClientAssertionAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2ClientAuthenticationToken;
import org.springframework.security.oauth2.server.authorization.authentication.PublicClientAuthenticationProvider;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClientRepository;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretBasicAuthenticationConverter;
import org.springframework.security.oauth2.server.authorization.web.authentication.ClientSecretPostAuthenticationConverter;
import org.springframework.security.web.authentication.AuthenticationConverter;
import org.springframework.security.web.authentication.DelegatingAuthenticationConverter;

/**
 * How a client shows who it is. Beyond Spring's own ways: an assertion alone, as SMART's clients send it without a {@code
 * client_id}, and the mere name of a public client where it renews or gives back a token.
 */
final class ClientProofs {

    private static final ClientAuthenticationMethod ASSERTION =
            new ClientAuthenticationMethod("urn:ietf:params:oauth:client-assertion-type:jwt-bearer");

    private static final String REFRESH_TOKEN = "refresh_token";

    /** Spring wants a name; nobody looks for it. */
    private static final String UNNAMED = "(unnamed)";

    private ClientProofs() {}

    static AuthenticationConverter converter() {
        return new DelegatingAuthenticationConverter(List.of(
                ClientProofs::byAssertion,
                new ClientSecretBasicAuthenticationConverter(),
                new ClientSecretPostAuthenticationConverter(),
                ClientProofs::byName,
                ClientProofs::byRefreshToken));
    }

    static List<AuthenticationProvider> providers(
            RegisteredClientRepository clients, GrantStore grants, AssertionDecoders decoders) {
        JwtClientAssertionAuthenticationProvider assertions =
                new JwtClientAssertionAuthenticationProvider(clients, grants);
        assertions.setJwtDecoderFactory(decoders);
        ClientSecretAuthenticationProvider secrets = new ClientSecretAuthenticationProvider(clients, grants);
        secrets.setPasswordEncoder(new Passwords());
        return List.of(
                assertions,
                secrets,
                new WithoutCode(clients, grants),
                new PublicClientAuthenticationProvider(clients, grants));
    }

    private static @Nullable Authentication byAssertion(HttpServletRequest request) {
        String type = single(request, "client_assertion_type");
        String assertion = single(request, "client_assertion");
        if (type == null || assertion == null || !type.equals(ASSERTION.getValue())) {
            return null;
        }
        String client = issuer(assertion);
        String named = single(request, "client_id");
        if (named != null && !named.equals(client)) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
        }
        return new OAuth2ClientAuthenticationToken(client, ASSERTION, assertion, codeParameters(request));
    }

    /** Who the assertion says it is from; whether that is true is seen when it is checked. */
    private static String issuer(String assertion) {
        try {
            JWTClaimsSet claims = SignedJWT.parse(assertion).getJWTClaimsSet();
            if (claims != null
                    && claims.getSubject() != null
                    && !claims.getSubject().isBlank()) {
                return claims.getSubject();
            }
        } catch (ParseException e) {
            // answered below, as any other assertion that proves nothing
        }
        throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
    }

    private static @Nullable Authentication byName(HttpServletRequest request) {
        String client = single(request, "client_id");
        if (client == null || request.getHeader("Authorization") != null) {
            return null;
        }
        return new OAuth2ClientAuthenticationToken(
                client, ClientAuthenticationMethod.NONE, null, codeParameters(request));
    }

    /** Public apps renew without a word about themselves; SMART's JavaScript client does. */
    private static @Nullable Authentication byRefreshToken(HttpServletRequest request) {
        String token = single(request, REFRESH_TOKEN);
        boolean isAlone =
                request.getHeader("Authorization") == null && request.getParameter("client_assertion") == null;
        if (token == null || !isAlone || !REFRESH_TOKEN.equals(request.getParameter("grant_type"))) {
            return null;
        }
        return new OAuth2ClientAuthenticationToken(
                UNNAMED, ClientAuthenticationMethod.NONE, null, Map.of(REFRESH_TOKEN, token));
    }

    /** What Spring's check of the code verifier looks at. */
    private static Map<String, Object> codeParameters(HttpServletRequest request) {
        Map<String, Object> parameters = new HashMap<>();
        if ("authorization_code".equals(request.getParameter("grant_type"))) {
            for (String name : List.of("grant_type", "code", "redirect_uri", "code_verifier")) {
                String value = single(request, name);
                if (value != null) {
                    parameters.put(name, value);
                }
            }
        }
        return parameters;
    }

    private static @Nullable String single(HttpServletRequest request, String name) {
        String[] values = request.getParameterValues(name);
        if (values != null && values.length > 1) {
            throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_REQUEST);
        }
        return values == null || values[0].isEmpty() ? null : values[0];
    }

    /** A public client that has no code to show: the refresh token, or the token that it gives back, speaks for it. */
    private record WithoutCode(RegisteredClientRepository clients, GrantStore grants)
            implements AuthenticationProvider {

        @Override
        public @Nullable Authentication authenticate(Authentication authentication) {
            OAuth2ClientAuthenticationToken shown = (OAuth2ClientAuthenticationToken) authentication;
            Object token = shown.getAdditionalParameters().get(REFRESH_TOKEN);
            if (!shown.getClientAuthenticationMethod().equals(ClientAuthenticationMethod.NONE)
                    || (token == null && !shown.getAdditionalParameters().isEmpty())) {
                return null;
            }
            RegisteredClient client = token == null
                    ? clients.findByClientId(shown.getPrincipal().toString())
                    : grants.clientOf(token.toString()).map(clients::findById).orElse(null);
            if (client == null || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
                throw new OAuth2AuthenticationException(
                        token == null ? OAuth2ErrorCodes.INVALID_CLIENT : OAuth2ErrorCodes.INVALID_GRANT);
            }
            return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
        }

        @Override
        public boolean supports(Class<?> authentication) {
            return OAuth2ClientAuthenticationToken.class.isAssignableFrom(authentication);
        }
    }
}
