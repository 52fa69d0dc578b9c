// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import org.iopfhir.smart.KeysOfClients.UnreachableKeysException;
import org.jspecify.annotations.Nullable;
import org.springframework.security.oauth2.core.OAuth2Error;
import org.springframework.security.oauth2.core.OAuth2ErrorCodes;
import org.springframework.security.oauth2.core.OAuth2TokenValidatorResult;
import org.springframework.security.oauth2.jwt.Jwt;
import org.springframework.security.oauth2.jwt.JwtDecoder;
import org.springframework.security.oauth2.jwt.JwtDecoderFactory;
import org.springframework.security.oauth2.jwt.NimbusJwtDecoder;
import org.springframework.security.oauth2.server.authorization.client.RegisteredClient;
import org.springframework.security.oauth2.server.authorization.context.AuthorizationServerContextHolder;

/**
 * Checks the assertion by which a client with keys shows who it is: signed by RS384 or ES384, from and about the client,
 * for this token endpoint, ending within five minutes, never seen before.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html">SMART asymmetric
 *     authentication</a>
 */
final class AssertionDecoders implements JwtDecoderFactory<RegisteredClient> {

    private static final Set<JWSAlgorithm> ALGORITHMS = Set.of(JWSAlgorithm.RS384, JWSAlgorithm.ES384);
    private static final Duration LONGEST = Duration.ofMinutes(5);

    /** By which the clocks of a client and of this server may differ. */
    private static final Duration SKEW = Duration.ofSeconds(30);

    private static final int LONGEST_JTI = 500;
    private static final String USED = "jti";

    private final Accounts accounts;
    private final KeysOfClients keys;
    private final Entries entries;
    private final Clock clock;

    AssertionDecoders(Accounts accounts, KeysOfClients keys, Entries entries, Clock clock) {
        this.accounts = accounts;
        this.keys = keys;
        this.entries = entries;
        this.clock = clock;
    }

    @Override
    public JwtDecoder createDecoder(RegisteredClient registered) {
        DefaultJWTProcessor<SecurityContext> processor = new DefaultJWTProcessor<>();
        processor.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source(registered.getClientId())));
        // The claims are checked below, the signature first.
        processor.setJWTClaimsSetVerifier((claims, context) -> {});
        NimbusJwtDecoder decoder = new NimbusJwtDecoder(processor);
        decoder.setJwtValidator(jwt -> {
            String wrong = wrong(jwt, registered.getClientId());
            return wrong == null
                    ? OAuth2TokenValidatorResult.success()
                    : OAuth2TokenValidatorResult.failure(new OAuth2Error(OAuth2ErrorCodes.INVALID_CLIENT, wrong, null));
        });
        return decoder;
    }

    private JWKSource<SecurityContext> source(String id) {
        return new JWKSource<>() {
            @Override
            public List<JWK> get(JWKSelector selector, @Nullable SecurityContext context) throws KeySourceException {
                Client client = accounts.client(id).orElseThrow(() -> new KeySourceException("no such client"));
                Set<String> ids = selector.getMatcher().getKeyIDs();
                String keyId =
                        ids == null || ids.isEmpty() ? "" : ids.iterator().next();
                try {
                    return selector.select(keys.of(client, keyId));
                } catch (UnreachableKeysException e) {
                    throw new KeySourceException("The keys of the client could not be had: " + e.getMessage());
                }
            }
        };
    }

    private @Nullable String wrong(Jwt jwt, String client) {
        Instant now = clock.instant();
        Instant expires = jwt.getExpiresAt();
        String jti = jwt.getId();
        String audience =
                new Place(AuthorizationServerContextHolder.getContext().getIssuer()).url(Place.TOKEN);
        if (!client.equals(jwt.getClaimAsString("iss")) || !client.equals(jwt.getSubject())) {
            return "iss and sub must be the client_id";
        }
        if (!Objects.requireNonNullElse(jwt.getAudience(), List.of()).contains(audience)) {
            return "aud must be the token URL";
        }
        if (expires == null || !expires.isAfter(now)) {
            return "exp has passed, or is missing";
        }
        if (expires.isAfter(now.plus(LONGEST).plus(SKEW))) {
            return "exp must be within five minutes";
        }
        if (jwt.getNotBefore() != null && jwt.getNotBefore().isAfter(now.plus(SKEW))) {
            return "nbf has not come";
        }
        if (jti == null || jti.isBlank() || jti.length() > LONGEST_JTI) {
            return "jti is missing";
        }
        String used = Secrets.hash(client + " " + jti);
        boolean first = entries.add(USED, used, client, "", expires.plus(SKEW).toEpochMilli());
        return first ? null : "jti was used before";
    }

    /** The signature algorithms, as discovery names them. */
    static List<String> algorithms() {
        return List.of(JWSAlgorithm.RS384.getName(), JWSAlgorithm.ES384.getName());
    }
}
