// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.HashMap;
import java.util.Map;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A system gets a token for itself: SMART Backend Services, and by a secret. */
class BackendServicesApiTest {

    @BeforeAll
    static void clients() {
        KeyedClients.register();
    }

    private static SmartClient.Reply ask(String client, String scope, JWK key, JWSAlgorithm algorithm) {
        String assertion = KeyedClients.sign(KeyedClients.claims(client).build(), key, algorithm);
        return SmartClient.token(KeyedClients.form(scope, assertion));
    }

    @ParameterizedTest
    @ValueSource(strings = {KeyedClients.INLINE, KeyedClients.BY_URL})
    void keysOfBothKindsAreTakenInlineAndByUrl(String client) {
        SmartClient.Reply byRsa = ask(client, "system/*.rs", KeyedClients.RSA, JWSAlgorithm.RS384);
        SmartClient.Reply byEc = ask(client, "system/*.rs", KeyedClients.EC, JWSAlgorithm.ES384);

        assertThat(byRsa.status()).as(byRsa.body()).isEqualTo(200);
        assertThat(byEc.status()).as(byEc.body()).isEqualTo(200);
    }

    @Test
    void theAnswerIsWhatSmartAsksFor() {
        SmartClient.Reply reply = ask(KeyedClients.INLINE, "system/Patient.rs", KeyedClients.RSA, JWSAlgorithm.RS384);
        JsonNode token = reply.json();

        assertThat(reply.header("Content-Type")).startsWith("application/json");
        assertThat(reply.header("Cache-Control")).contains("no-store");
        assertThat(reply.header("Pragma")).isEqualTo("no-cache");
        assertThat(token.path("token_type").asText()).isEqualToIgnoringCase("bearer");
        assertThat(token.path("expires_in").isNumber()).isTrue();
        assertThat(token.path("expires_in").asInt()).isBetween(299, 300);
        assertThat(token.path("scope").asText()).isEqualTo("system/Patient.rs");
        assertThat(token.has("refresh_token")).isFalse();
        assertThat(token.has("patient")).isFalse();
    }

    @Test
    void theTokenSaysWhoForWhatAndWhere() throws Exception {
        String text = ask(KeyedClients.INLINE, "system/Patient.rs", KeyedClients.RSA, JWSAlgorithm.RS384)
                .json()
                .path("access_token")
                .asText();
        SignedJWT jwt = SignedJWT.parse(text);
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        JWKSet published = JWKSet.parse(
                SmartClient.get(SmartClient.issuer() + "/auth/jwks").body());

        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
        assertThat(jwt.verify(new RSASSAVerifier(
                        published.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey())))
                .isTrue();
        assertThat(claims.getIssuer()).isEqualTo(SmartClient.issuer());
        assertThat(claims.getAudience()).containsExactly(SmartClient.base());
        assertThat(claims.getSubject()).isEqualTo(KeyedClients.INLINE);
        assertThat(claims.getStringClaim("client_id")).isEqualTo(KeyedClients.INLINE);
        assertThat(claims.getStringClaim("scope")).isEqualTo("system/Patient.rs");
        assertThat(claims.getStringListClaim("iop_roles")).containsExactly("program-system");
        assertThat(claims.getJWTID()).isNotBlank();
        assertThat(claims.getClaim("fhirUser")).isNull();
    }

    @Test
    void whatIsGrantedIsAskedForAndRegistered() {
        String granted = ask(
                        KeyedClients.NARROW,
                        "system/*.cruds system/Observation.rs patient/Patient.rs nonsense openid",
                        KeyedClients.EC,
                        JWSAlgorithm.ES384)
                .json()
                .path("scope")
                .asText();

        assertThat(Scopes.split(granted))
                .containsExactlyInAnyOrder("system/Patient.rs", "system/Observation.rs?category=laboratory");
    }

    @Test
    void scopesOfVersion1AreGrantedAsTheyWereWritten() {
        SmartClient.Reply reply = ask(KeyedClients.INLINE, "system/Patient.read", KeyedClients.RSA, JWSAlgorithm.RS384);

        assertThat(reply.json().path("scope").asText()).isEqualTo("system/Patient.read");
    }

    @ParameterizedTest
    @ValueSource(strings = {"system/Condition.rs", "patient/Patient.rs", "nonsense", ""})
    void nothingThatCouldBeGrantedIsInvalidScope(String scope) {
        SmartClient.Reply reply = ask(KeyedClients.NARROW, scope, KeyedClients.RSA, JWSAlgorithm.RS384);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).isEqualTo("invalid_scope");
    }

    @Test
    void anUnknownGrantTypeIs400() {
        Map<String, String> form = new HashMap<>(KeyedClients.form(
                "system/*.rs",
                KeyedClients.sign(
                        KeyedClients.claims(KeyedClients.INLINE).build(), KeyedClients.RSA, JWSAlgorithm.RS384)));
        form.put("grant_type", "not_a_grant_type");

        SmartClient.Reply reply = SmartClient.token(form);

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).isEqualTo("unsupported_grant_type");
    }

    @Test
    void anUnknownAssertionTypeIsRefused() {
        Map<String, String> form = new HashMap<>(KeyedClients.form(
                "system/*.rs",
                KeyedClients.sign(
                        KeyedClients.claims(KeyedClients.INLINE).build(), KeyedClients.RSA, JWSAlgorithm.RS384)));
        form.put("client_assertion_type", "not_an_assertion_type");

        assertThat(SmartClient.token(form).status()).isIn(400, 401);
    }

    @Test
    void anAssertionThatIsNoneIsRefused() {
        assertThat(SmartClient.token(KeyedClients.form("system/*.rs", "not_a_jwt"))
                        .status())
                .isIn(400, 401);
    }

    @Test
    void aSecretIsTakenInTheHeaderAndInTheForm() {
        String secret = Sandbox.secretOf("sandbox-ehr");
        Map<String, String> form = Map.of("grant_type", "client_credentials", "scope", "system/*.cruds");
        Map<String, String> withSecret = new HashMap<>(form);
        withSecret.put("client_id", "sandbox-ehr");
        withSecret.put("client_secret", secret);

        assertThat(SmartClient.token(form, "Authorization", SmartClient.basic("sandbox-ehr", secret))
                        .status())
                .isEqualTo(200);
        assertThat(SmartClient.token(withSecret).status()).isEqualTo(200);
    }

    @Test
    void aPublicAppGetsNoTokenForItself() {
        SmartClient.Reply reply = SmartClient.token(
                Map.of("grant_type", "client_credentials", "scope", "user/*.rs", "client_id", "sandbox-app"));

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).isEqualTo("unauthorized_client");
    }
}
