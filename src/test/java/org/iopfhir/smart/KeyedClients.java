// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.factories.DefaultJWSSignerFactory;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.iopfhir.access.Role;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.jspecify.annotations.Nullable;

/** Clients with keys, registered in the file of clients of the test servers. */
final class KeyedClients {

    static final String INLINE = "backend-inline";
    static final String BY_URL = "backend-by-url";
    static final String NARROW = "backend-narrow";
    static final String KEYED_APP = "keyed-app";

    static final JWK RSA = rsa("rs384-1");
    static final JWK EC = ec("es384-1");
    static final JWK STRANGER = rsa("rs384-1");

    private static final String REDIRECT = "http://127.0.0.1/callback";

    private KeyedClients() {}

    private static JWK rsa(String id) {
        try {
            return new RSAKeyGenerator(2048)
                    .keyID(id)
                    .algorithm(JWSAlgorithm.RS384)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    private static JWK ec(String id) {
        try {
            return new ECKeyGenerator(Curve.P_384)
                    .keyID(id)
                    .algorithm(JWSAlgorithm.ES384)
                    .generate();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Make sure that they are registered. */
    static void register() {
        Registration.DONE.run();
    }

    private static final class Registration {

        static final Runnable DONE = once();

        private static Runnable once() {
            RunningServer.client();
            JWKSet keys = new JWKSet(List.of(RSA.toPublicJWK(), EC.toPublicJWK()));
            AccessFile<Client> file = AccessFile.ofClients(
                    Sandbox.folder().resolve("clients.json").toString());
            file.put(ClientJson.write(system(INLINE, keys, null, "system/*.cruds")));
            file.put(ClientJson.write(system(BY_URL, null, serve(keys), "system/*.rs")));
            file.put(ClientJson.write(
                    system(NARROW, keys, null, "system/Patient.rs", "system/Observation.rs?category=laboratory")));
            file.put(ClientJson.write(new Client(
                    KEYED_APP,
                    "An app with keys",
                    new Client.Proof(Client.Kind.JWKS, null, keys, null),
                    new Client.App(List.of(REDIRECT), null, List.of()),
                    List.of("launch/patient", "openid", "fhirUser", "offline_access", "patient/*.rs"),
                    new Client.Standing(Set.of(), null, null))));
            try {
                // The server looks at the file once a second.
                Thread.sleep(1_100);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            return () -> {};
        }
    }

    private static Client system(String id, @Nullable JWKSet keys, @Nullable String url, String... scopes) {
        return new Client(
                id,
                id,
                new Client.Proof(Client.Kind.JWKS, null, keys, url),
                new Client.App(List.of(), null, List.of()),
                List.of(scopes),
                new Client.Standing(Set.of(Role.PROGRAM_SYSTEM), null, null));
    }

    private static String serve(JWKSet keys) {
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
            server.createContext("/jwks.json", exchange -> {
                byte[] body = keys.toString().getBytes(StandardCharsets.UTF_8);
                exchange.sendResponseHeaders(200, body.length);
                exchange.getResponseBody().write(body);
                exchange.close();
            });
            server.start();
            return "http://127.0.0.1:" + server.getAddress().getPort() + "/jwks.json";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A claims set that a client may send, to be changed by a test. */
    static JWTClaimsSet.Builder claims(String client) {
        return new JWTClaimsSet.Builder()
                .issuer(client)
                .subject(client)
                .audience(SmartClient.issuer() + "/auth/token")
                .jwtID(UUID.randomUUID().toString())
                .expirationTime(Date.from(Instant.now().plusSeconds(240)));
    }

    static String sign(JWTClaimsSet claims, JWK key, JWSAlgorithm algorithm) {
        try {
            JWSSigner signer = new DefaultJWSSignerFactory().createJWSSigner(key, algorithm);
            SignedJWT jwt = new SignedJWT(
                    new JWSHeader.Builder(algorithm).keyID(key.getKeyID()).build(), claims);
            jwt.sign(signer);
            return jwt.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What SMART's backend clients send: no {@code client_id}. */
    static Map<String, String> form(String scope, String assertion) {
        return Map.of(
                "grant_type",
                "client_credentials",
                "scope",
                scope,
                "client_assertion_type",
                "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
                "client_assertion",
                assertion);
    }
}
