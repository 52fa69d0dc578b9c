// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.source.ImmutableJWKSet;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.junit.jupiter.api.Test;

/** What a verified token says about its bearer, and how long it is good. */
class TokensTest {

    private static final String BASE = "https://ehr.example.org/fhir";
    private static final String ISSUER = "https://ehr.example.org/auth";
    private static final AccessSettings EMBEDDED = new AccessSettings("", false, "", "", "iop_roles", false);

    private final ECKey key = key();
    private final MovingClock clock = new MovingClock();
    private final Set<String> revoked = new HashSet<>();

    @Test
    void readsWhoAndWithWhatPermission() {
        Caller caller = tokens(EMBEDDED)
                .caller(
                        sign(claims -> claims.claim("fhirUser", BASE + "/Practitioner/1")
                                .claim("patient", "p")
                                .claim("iop_patients", List.of("p", "q"))
                                .claim("purpose_of_use", "TREAT")
                                .claim("iop_roles", List.of("counselor", "janitor"))
                                .claim("scope", "openid launch/patient patient/*.rs user/Patient.read")),
                        BASE)
                .orElseThrow();

        assertThat(caller.user()).isEqualTo("Practitioner/1");
        assertThat(caller.party()).isEqualTo(new Caller.Party("u", "app", "Practitioner/1", Set.of(Role.COUNSELOR)));
        assertThat(caller.grant().scopes().stream().map(Scope::text))
                .containsExactly("patient/*.rs", "user/Patient.rs");
        assertThat(caller.grant().patient()).isEqualTo("p");
        assertThat(caller.grant().patients()).containsExactlyInAnyOrder("p", "q");
        assertThat(caller.grant().purpose()).isEqualTo("TREAT");
        assertThat(caller.token()).isEqualTo("t");
    }

    @Test
    void findsTheRolesWhereKeycloakPutsThem() {
        AccessSettings keycloak = new AccessSettings("", false, "", "", "realm_access.roles", false);
        String token =
                sign(claims -> claims.claim("realm_access", Map.of("roles", List.of("auditor", "offline_access"))));

        assertThat(tokens(keycloak).caller(token, BASE).orElseThrow().party().roles())
                .containsExactly(Role.AUDITOR);
        assertThat(tokens(EMBEDDED).caller(token, BASE).orElseThrow().party().roles())
                .isEmpty();
    }

    @Test
    void isNoLongerGoodWhenItsTimeIsOver() {
        Tokens tokens = tokens(EMBEDDED);
        String token = sign(claims -> claims);

        tokens.caller(token, BASE);
        clock.pass(Duration.ofMinutes(5));
        tokens.caller(token, BASE);
        clock.pass(Duration.ofMinutes(2));

        assertRefused(tokens, token);
    }

    @Test
    void isNoLongerGoodAsSoonAsItIsTakenBack() {
        Tokens tokens = tokens(EMBEDDED);
        String token = sign(claims -> claims);

        tokens.caller(token, BASE);
        revoked.add("t");

        assertRefused(tokens, token);
    }

    @Test
    void isGoodForOneServerOnly() {
        Tokens tokens = tokens(EMBEDDED);
        String token = sign(claims -> claims);

        tokens.caller(token, BASE);
        assertThatThrownBy(() -> tokens.caller(token, "https://other.example.org/fhir"))
                .isInstanceOf(RefusedException.class);
        AccessSettings fixed = new AccessSettings("", false, "", "urn:iop", "iop_roles", false);
        assertThat(tokens(fixed)
                        .caller(sign(claims -> claims.audience("urn:iop")), BASE)
                        .orElseThrow()
                        .token())
                .isEqualTo("t");
    }

    @Test
    void takesNobodyForAProgramWhoIsNobodyOfThisServer() {
        for (Object user : List.of("https://elsewhere.example.org/fhir/Patient/1", "Patient/", "Patient/a b", 7)) {
            assertRefused(tokens(EMBEDDED), sign(claims -> claims.claim("fhirUser", user)));
        }
        assertRefused(tokens(EMBEDDED), sign(claims -> claims.claim("patient", "p,q")));
        assertRefused(tokens(EMBEDDED), sign(claims -> claims.claim("iop_patients", List.of("p&_id=q"))));
        assertRefused(tokens(EMBEDDED), sign(claims -> claims.claim("purpose_of_use", "TREAT\nx")));
    }

    @Test
    void leavesTheTokensOfOtherIssuersToThem() {
        String other = sign(claims -> claims.issuer("https://elsewhere.example.org"));

        assertThat(tokens(EMBEDDED).caller(other, BASE)).isEmpty();
        assertThat(tokens(EMBEDDED).caller("no.token.at-all", BASE)).isEmpty();
        assertThat(tokens(EMBEDDED).caller("none", BASE)).isEmpty();
    }

    @Test
    void withoutAnIssuerNoTokenIsGood() {
        Tokens none = new Tokens(null, revoked::contains, EMBEDDED, clock);

        assertThat(none.caller(sign(claims -> claims), BASE)).isEmpty();
    }

    @Test
    void whenTheKeysCannotBeFetchedTheClientMayTryAgain() {
        AccessSettings away = new AccessSettings(ISSUER, false, "http://127.0.0.1:9/keys", "", "iop_roles", false);
        Tokens tokens = new Tokens(new RemoteIssuer(away), revoked::contains, away, clock);

        assertThatThrownBy(() -> tokens.caller(sign(claims -> claims), BASE))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Unavailable.class));
    }

    private static void assertRefused(Tokens tokens, String token) {
        assertThatThrownBy(() -> tokens.caller(token, BASE))
                .isInstanceOfSatisfying(
                        RefusedException.class,
                        refused -> assertThat(refused.refusal()).isInstanceOf(Refusal.Unauthenticated.class));
    }

    private Tokens tokens(AccessSettings settings) {
        TokenIssuer issuer = new TokenIssuer() {
            @Override
            public String issuer(String fhirBase) {
                return ISSUER;
            }

            @Override
            public JWKSource<SecurityContext> keys() {
                return new ImmutableJWKSet<>(new JWKSet(key.toPublicJWK()));
            }
        };
        return new Tokens(issuer, revoked::contains, settings, clock);
    }

    private String sign(UnaryOperator<JWTClaimsSet.Builder> more) {
        JWTClaimsSet claims = more.apply(new JWTClaimsSet.Builder()
                        .issuer(ISSUER)
                        .audience(BASE)
                        .subject("u")
                        .claim("client_id", "app")
                        .claim("scope", "user/*.rs")
                        .jwtID("t")
                        .expirationTime(Date.from(clock.instant().plus(Duration.ofMinutes(5)))))
                .build();
        SignedJWT token = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.ES384).keyID(key.getKeyID()).build(), claims);
        try {
            token.sign(new ECDSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    private static ECKey key() {
        try {
            return new ECKeyGenerator(Curve.P_384).keyID("k").generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static final class MovingClock extends Clock {

        private Instant now = Instant.parse("2026-03-04T10:00:00Z");

        void pass(Duration time) {
            now = now.plus(time);
        }

        @Override
        public Instant instant() {
            return now;
        }

        @Override
        public ZoneId getZone() {
            return ZoneOffset.UTC;
        }

        @Override
        public Clock withZone(ZoneId zone) {
            return this;
        }
    }
}
