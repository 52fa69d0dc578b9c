// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.iopfhir.access.Role;
import org.jspecify.annotations.Nullable;

/**
 * An authorization server for tests: its own RSA key, published over HTTP on this machine, and tokens for whoever a test
 * needs. All servers of the tests trust it as their external issuer.
 */
public final class Callers {

    /** {@code aud} of the tokens, which the servers of the tests are told to want. */
    public static final String AUDIENCE = "https://server.iop-fhir.test/fhir";

    private static final Clock CLOCK = Clock.systemUTC();
    private static final Duration LIFE = Duration.ofHours(12);
    private static final RSAKey KEY = newKey("one");
    private static final HttpServer KEYS = publish();

    private Callers() {}

    /** Settings by which a server trusts this issuer. */
    public static List<String> settings() {
        return List.of(
                "--iop.access.issuer=" + issuer(),
                "--iop.access.jwks-url=" + issuer() + "/keys",
                "--iop.access.audience=" + AUDIENCE);
    }

    /** {@code iss} of the tokens. */
    public static String issuer() {
        return "http://127.0.0.1:" + KEYS.getAddress().getPort();
    }

    /** The key that signs, with its private part. */
    public static RSAKey key() {
        return KEY;
    }

    /** Someone without a token. */
    public static Who nobody() {
        return new Who("nobody", null);
    }

    /** The program's own EHR, which every test is unless it says otherwise. */
    public static Who programSystem() {
        return Lazy.PROGRAM_SYSTEM;
    }

    /** A program without a user. */
    public static Who system(Role role, String scopes) {
        return of(role.code(), claims -> claims.claim("scope", scopes).claim("iop_roles", List.of(role.code())));
    }

    /**
     * The system of another organization, with whatever its role is for.
     *
     * @param organization such as {@code Organization/1}
     * @param purpose      code of v3 PurposeOfUse
     */
    public static Who partner(String organization, String purpose) {
        return of(
                organization,
                claims -> claims.claim("scope", "system/*.cruds")
                        .claim("client_id", "system of " + organization)
                        .claim("iop_organization", organization)
                        .claim("purpose_of_use", purpose)
                        .claim("iop_roles", List.of(Role.PARTNER_SYSTEM.code())));
    }

    /** A user of the program, who may do whatever his role is for. */
    public static Who staff(Role role) {
        return staff(role, "user/*.cruds");
    }

    /** A user of one of several programs. */
    public static Who staffOf(String program, Role role) {
        return of(
                role.code(),
                claims -> claims.claim("scope", "user/*.cruds")
                        .claim("fhirUser", "Practitioner/" + role.code())
                        .claim("iop_organization", program)
                        .claim("iop_roles", List.of(role.code())));
    }

    /** The EHR of one of several programs. */
    public static Who systemOf(String program) {
        return of(
                program,
                claims -> claims.claim("scope", "system/*.cruds")
                        .claim("iop_organization", program)
                        .claim("iop_roles", List.of(Role.PROGRAM_SYSTEM.code())));
    }

    public static Who staff(Role role, String scopes) {
        return of(
                role.code(),
                claims -> claims.claim("scope", scopes)
                        .claim("fhirUser", "Practitioner/" + role.code())
                        .claim("iop_roles", List.of(role.code())));
    }

    /** A patient with an app of his own. */
    public static Who patient(String id) {
        return patient(id, "patient/*.cruds");
    }

    public static Who patient(String id, String scopes) {
        return of(
                "patient",
                claims -> claims.claim("scope", scopes)
                        .claim("fhirUser", AUDIENCE + "/Patient/" + id)
                        .claim("patient", id)
                        .claim("iop_roles", List.of("patient")));
    }

    /** Somebody whom patients have authorized. */
    public static Who familyMember(String id, String... patients) {
        return of(
                "family-member",
                claims -> claims.claim("scope", "user/*.cruds")
                        .claim("fhirUser", "RelatedPerson/" + id)
                        .claim("iop_patients", Arrays.asList(patients))
                        .claim("iop_roles", List.of("family-member")));
    }

    /** Whoever {@code more} describes, beyond what every token says. */
    public static Who of(String name, UnaryOperator<JWTClaimsSet.Builder> more) {
        return new Who(name, sign(more.apply(claims(name)).build(), KEY));
    }

    /** What every good token says. */
    public static JWTClaimsSet.Builder claims(String subject) {
        Instant now = CLOCK.instant();
        return new JWTClaimsSet.Builder()
                .issuer(issuer())
                .audience(AUDIENCE)
                .subject(subject)
                .claim("client_id", "test-client")
                .jwtID(UUID.randomUUID().toString())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(LIFE)));
    }

    /** Sign with a key, in RS256 and under the key's own id. */
    public static String sign(JWTClaimsSet claims, RSAKey key) {
        JWSHeader header = new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID(key.getKeyID())
                .type(JOSEObjectType.JWT)
                .build();
        SignedJWT token = new SignedJWT(header, claims);
        try {
            token.sign(new RSASSASigner(key));
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
        return token.serialize();
    }

    public static RSAKey newKey(String id) {
        try {
            return new RSAKeyGenerator(2048).keyID(id).generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static HttpServer publish() {
        byte[] keys = new JWKSet(KEY.toPublicJWK()).toString().getBytes(StandardCharsets.UTF_8);
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/keys", exchange -> {
                exchange.getResponseHeaders().set("Content-Type", "application/json");
                exchange.sendResponseHeaders(200, keys.length);
                exchange.getResponseBody().write(keys);
                exchange.close();
            });
            server.start();
            return server;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Somebody who sends requests.
     *
     * @param token {@code null}: none
     */
    public record Who(String name, @Nullable String token) {
        @Override
        public String toString() {
            return name;
        }
    }

    private static final class Lazy {
        static final Who PROGRAM_SYSTEM = system(Role.PROGRAM_SYSTEM, "system/*.cruds");
    }
}
