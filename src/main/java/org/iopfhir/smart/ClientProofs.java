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

    private ClientProofs() {}

    static AuthenticationConverter converter() {
        return new DelegatingAuthenticationConverter(List.of(
                ClientProofs::byAssertion,
                new ClientSecretBasicAuthenticationConverter(),
                new ClientSecretPostAuthenticationConverter(),
                ClientProofs::byName));
    }

    static List<AuthenticationProvider> providers(
            RegisteredClientRepository clients, GrantStore grants, AssertionDecoders decoders) {
        JwtClientAssertionAuthenticationProvider assertions =
                new JwtClientAssertionAuthenticationProvider(clients, grants);
        assertions.setJwtDecoderFactory(decoders);
        ClientSecretAuthenticationProvider secrets = new ClientSecretAuthenticationProvider(clients, grants);
        secrets.setPasswordEncoder(new Passwords());
        return List.of(
                assertions, secrets, new WithoutCode(clients), new PublicClientAuthenticationProvider(clients, grants));
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
    private record WithoutCode(RegisteredClientRepository clients) implements AuthenticationProvider {

        @Override
        public @Nullable Authentication authenticate(Authentication authentication) {
            OAuth2ClientAuthenticationToken shown = (OAuth2ClientAuthenticationToken) authentication;
            if (!shown.getClientAuthenticationMethod().equals(ClientAuthenticationMethod.NONE)
                    || !shown.getAdditionalParameters().isEmpty()) {
                return null;
            }
            RegisteredClient client =
                    clients.findByClientId(shown.getPrincipal().toString());
            if (client == null || !client.getClientAuthenticationMethods().contains(ClientAuthenticationMethod.NONE)) {
                throw new OAuth2AuthenticationException(OAuth2ErrorCodes.INVALID_CLIENT);
            }
            return new OAuth2ClientAuthenticationToken(client, ClientAuthenticationMethod.NONE, null);
        }

        @Override
        public boolean supports(Class<?> authentication) {
            return OAuth2ClientAuthenticationToken.class.isAssignableFrom(authentication);
        }
    }
}
