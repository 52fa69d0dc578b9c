// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.iopfhir.smart.SmartClient.Reply;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an attacker tries at the authorization server. */
class TokenNegativesApiTest {

    private static final String SCOPE = "launch/patient offline_access patient/Patient.rs";

    @BeforeAll
    static void prepare() {
        KeyedClients.register();
        App.patients();
    }

    private static Reply backend(JWTClaimsSet claims) {
        return SmartClient.token(
                KeyedClients.form("system/*.rs", KeyedClients.sign(claims, KeyedClients.RSA, JWSAlgorithm.RS384)));
    }

    private static JWTClaimsSet.Builder claims() {
        return KeyedClients.claims(KeyedClients.INLINE);
    }

    private static void assertRefused(Reply reply) {
        assertThat(reply.status()).as(reply.body()).isIn(400, 401);
        assertThat(reply.json().has("access_token")).isFalse();
    }

    @Test
    void anAssertionWithoutSignatureIsRefused() {
        assertRefused(SmartClient.token(KeyedClients.form("system/*.rs", new PlainJWT(claims().build()).serialize())));
    }

    @Test
    void anAssertionSignedWithThePublicKeyAsSecretIsRefused() throws Exception {
        byte[] secret = KeyedClients.RSA.toPublicJWK().toJSONString().getBytes(StandardCharsets.UTF_8);
        SignedJWT jwt = new SignedJWT(
                new JWSHeader.Builder(JWSAlgorithm.HS256)
                        .keyID(KeyedClients.RSA.getKeyID())
                        .build(),
                claims().build());
        jwt.sign(new MACSigner(secret));

        assertRefused(SmartClient.token(KeyedClients.form("system/*.rs", jwt.serialize())));
    }

    @Test
    void anAssertionSignedByAnAlgorithmThatIsNotOfferedIsRefused() {
        assertRefused(SmartClient.token(KeyedClients.form(
                "system/*.rs", KeyedClients.sign(claims().build(), KeyedClients.RSA, JWSAlgorithm.RS256))));
    }

    @Test
    void anAssertionSignedByAStrangersKeyIsRefused() {
        assertRefused(SmartClient.token(KeyedClients.form(
                "system/*.rs", KeyedClients.sign(claims().build(), KeyedClients.STRANGER, JWSAlgorithm.RS384))));
    }

    @Test
    void anAssertionForAnotherServerIsRefused() {
        assertRefused(backend(
                claims().audience("https://other.example.org/auth/token").build()));
        assertRefused(backend(claims().audience((String) null).build()));
    }

    @Test
    void anAssertionFromAnotherOneIsRefused() {
        assertRefused(backend(claims().issuer(KeyedClients.NARROW).build()));
        assertRefused(backend(claims().subject(KeyedClients.NARROW).build()));
        assertRefused(backend(claims().subject("nobody").issuer("nobody").build()));
    }

    @ParameterizedTest
    @ValueSource(longs = {-3600, -1, 600, 7200})
    void anAssertionThatEndsTooEarlyOrTooLateIsRefused(long seconds) {
        assertRefused(backend(claims().expirationTime(Date.from(Instant.now().plusSeconds(seconds)))
                .build()));
    }

    @Test
    void anAssertionThatNeverEndsIsRefused() {
        assertRefused(backend(claims().expirationTime(null).build()));
    }

    @Test
    void anAssertionWithoutJtiIsRefused() {
        assertRefused(backend(claims().jwtID(null).build()));
    }

    @Test
    void anAssertionIsGoodOnce() {
        JWTClaimsSet claims = claims().build();

        assertThat(backend(claims).status()).isEqualTo(200);
        assertRefused(backend(claims));
    }

    @Test
    void aWrongSecretIsRefused() {
        Reply reply = SmartClient.token(
                Map.of("grant_type", "client_credentials", "scope", "system/*.rs"),
                "Authorization",
                SmartClient.basic("sandbox-ehr", "wrong"));

        assertThat(reply.status()).isEqualTo(401);
    }

    @Test
    void aWrongCodeIs400() {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            assertThat(app.exchange("BAD_CODE").status()).isEqualTo(400);
        }
    }

    @Test
    void anUnknownClientIsRefused() {
        String code = App.PUBLIC.grantedBy("marisol", SCOPE).parameter("code");

        assertRefused(new App("nobody").exchange(code));
    }

    @ParameterizedTest
    @ValueSource(strings = {"none", "blank", "wrong", "challenge"})
    void aCodeWithoutItsVerifierIsRefused(String verifier) {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            String code = app.grantedBy("marisol", SCOPE).parameter("code");
            Map<String, String> form = new HashMap<>();
            form.put("grant_type", "authorization_code");
            form.put("code", code);
            form.put("redirect_uri", App.REDIRECT);
            switch (verifier) {
                case "blank" -> form.put("code_verifier", "");
                case "wrong" -> form.put("code_verifier", App.VERIFIER + "x");
                case "challenge" -> form.put("code_verifier", App.challenge(App.VERIFIER));
                default -> {}
            }
            assertRefused(app.token(form));
        }
    }

    @Test
    void aCodeIsGoodOnceAndASecondUseEndsWhatTheFirstGave() {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            String code = app.grantedBy("marisol", SCOPE).parameter("code");
            JsonNode tokens = app.exchange(code).json();

            assertThat(app.exchange(code).status()).isEqualTo(400);
            assertThat(TestTokens.isRevoked(tokens.path("access_token").asText()))
                    .isTrue();
            assertRefused(app.refresh(tokens.path("refresh_token").asText()));
        }
    }

    @Test
    void aCodeOfAnotherClientIsRefused() {
        String code = App.PUBLIC.grantedBy("marisol", SCOPE).parameter("code");

        assertRefused(App.SECRET.exchange(code));
        assertRefused(App.KEYED.exchange(code));
    }

    @Test
    void aCodeForAnotherRedirectIsRefused() {
        String code = App.PUBLIC.grantedBy("marisol", SCOPE).parameter("code");

        assertRefused(App.PUBLIC.token(Map.of(
                "grant_type",
                "authorization_code",
                "code",
                code,
                "redirect_uri",
                "http://localhost:3000/",
                "code_verifier",
                App.VERIFIER)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "https://evil.example.org/callback",
                "http://127.0.0.1:4567/callback/more",
                "http://127.0.0.1:4567/callback?more=1",
                "http://127.0.0.1:4567@evil.example.org/callback",
                "http://127.0.0.1.evil.example.org:4567/callback",
                "javascript:alert(1)",
                ""
            })
    void aRedirectThatIsNotRegisteredIsNeverFollowed(String redirect) {
        Map<String, String> request = App.PUBLIC.request(SCOPE);
        request.put("redirect_uri", redirect);
        Browser browser = App.PUBLIC.ask(request);

        assertThat(browser.isBackAtApp()).isFalse();
        assertThat(browser.page().status()).isEqualTo(400);
    }

    @Test
    void pkceCannotBeLeftOutOrWeakened() {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            Map<String, String> without = app.request(SCOPE);
            without.remove("code_challenge");
            without.remove("code_challenge_method");
            Map<String, String> plain = app.request(SCOPE);
            plain.put("code_challenge_method", "plain");
            Map<String, String> unnamed = app.request(SCOPE);
            unnamed.remove("code_challenge_method");

            for (Map<String, String> request : List.of(without, plain, unnamed)) {
                Browser browser = app.ask(request);
                assertThat(browser.isBackAtApp()).isTrue();
                assertThat(browser.parameter("error")).isEqualTo("invalid_request");
                assertThat(browser.parameter("state")).isEqualTo(App.STATE);
            }
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"https://other.example.org/fhir", ""})
    void aRequestForAnotherServerGetsNoCode(String audience) {
        Map<String, String> request = App.PUBLIC.request(SCOPE);
        request.put("aud", audience);
        Browser browser = App.PUBLIC.ask(request);

        assertThat(browser.parameter("error")).isEqualTo("invalid_request");
        assertThat(browser.parameter("code")).isEmpty();
    }

    @Test
    void aMadeUpLaunchGetsNoCode() {
        Map<String, String> request = App.PUBLIC.request("launch openid patient/Patient.rs");
        request.put("launch", "made-up");

        assertThat(App.PUBLIC.ask(request).parameter("error")).isEqualTo("invalid_request");
    }

    @Test
    void scopesCannotBecomeWiderAtRefresh() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", SCOPE);
        Reply reply = App.PUBLIC.refresh(tokens.path("refresh_token").asText(), "patient/Patient.cruds");

        assertThat(reply.status()).isEqualTo(400);
        assertThat(reply.json().path("error").asText()).isEqualTo("invalid_scope");
        assertThat(App.PUBLIC
                        .refresh(tokens.path("refresh_token").asText(), "patient/Patient.rs user/Patient.rs")
                        .status())
                .isEqualTo(400);
    }

    @Test
    void aRefreshTokenThatIsMadeUpIsRefused() {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            assertRefused(app.refresh("made-up"));
        }
    }

    /** As SMART's JavaScript client renews; of an app that can show who it is, it is not enough. */
    @Test
    void aRefreshTokenAloneIsEnoughForAPublicAppOnly() {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            String token = app.tokens("marisol", SCOPE).path("refresh_token").asText();
            Reply reply = SmartClient.post(
                    SmartClient.issuer() + "/auth/token",
                    Map.of("grant_type", "refresh_token", "refresh_token", token));

            if (app.equals(App.PUBLIC)) {
                assertThat(reply.status()).isEqualTo(200);
            } else {
                assertRefused(reply);
                assertThat(app.refresh(token).status()).as("is still good").isEqualTo(200);
            }
        }
    }

    @Test
    void aRefreshTokenThatComesTwiceEndsTheGrant() {
        for (App app : new App[] {App.PUBLIC, App.SECRET, App.KEYED}) {
            JsonNode first = app.tokens("marisol", SCOPE);
            JsonNode second = app.refresh(first.path("refresh_token").asText()).json();

            assertRefused(app.refresh(first.path("refresh_token").asText()));
            assertRefused(app.refresh(second.path("refresh_token").asText()));
            assertThat(TestTokens.isRevoked(second.path("access_token").asText()))
                    .isTrue();
        }
    }

    @Test
    void aRefreshTokenOfAnotherClientIsRefusedAndStaysGood() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", SCOPE);

        assertRefused(App.SECRET.refresh(tokens.path("refresh_token").asText()));
        assertThat(App.PUBLIC.refresh(tokens.path("refresh_token").asText()).status())
                .isEqualTo(200);
    }

    @Test
    void aConfidentialAppMustShowWhoItIsAtRefresh() {
        JsonNode tokens = App.SECRET.tokens("marisol", SCOPE);

        assertRefused(SmartClient.token(Map.of(
                "grant_type",
                "refresh_token",
                "client_id",
                App.SECRET.client(),
                "refresh_token",
                tokens.path("refresh_token").asText())));
    }

    @Test
    void aPublicAppCannotIntrospect() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", SCOPE);
        Reply reply = App.PUBLIC.prove(
                "/auth/introspect", Map.of("token", tokens.path("access_token").asText()));

        assertThat(reply.status()).isEqualTo(401);
    }
}
