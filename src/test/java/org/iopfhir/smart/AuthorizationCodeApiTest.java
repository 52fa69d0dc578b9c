// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.util.List;
import java.util.Map;
import org.iopfhir.smart.SmartClient.Reply;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** People open an app: sign in, choose a patient, grant; the app gets its tokens. Driven page by page over HTTP. */
class AuthorizationCodeApiTest {

    private static final String STANDALONE =
            "launch/patient openid fhirUser offline_access patient/Condition.rs patient/Observation.rs";

    @BeforeAll
    static void prepare() {
        KeyedClients.register();
        App.patients();
    }

    static List<App> apps() {
        return List.of(App.PUBLIC, App.SECRET, App.KEYED);
    }

    private static JWTClaimsSet claims(JsonNode token) {
        try {
            return SignedJWT.parse(token.asText()).getJWTClaimsSet();
        } catch (java.text.ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static Map<String, Object> said(JsonNode token) {
        return claims(token).getClaims();
    }

    @ParameterizedTest
    @MethodSource("apps")
    void aPatientOpensAnAppUponHisOwnRecord(App app) {
        Browser browser = app.grantedBy("marisol", STANDALONE);
        assertThat(browser.isBackAtApp()).as(browser.html()).isTrue();
        assertThat(browser.parameter("state")).isEqualTo(App.STATE);
        Reply reply = app.exchange(browser.parameter("code"));
        JsonNode tokens = reply.json();

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(reply.header("Cache-Control")).contains("no-store");
        assertThat(reply.header("Pragma")).isEqualTo("no-cache");
        assertThat(tokens.path("token_type").asText()).isEqualToIgnoringCase("bearer");
        assertThat(tokens.path("expires_in").asInt()).isBetween(899, 900);
        assertThat(Scopes.split(tokens.path("scope").asText()))
                .containsExactlyInAnyOrderElementsOf(Scopes.split(STANDALONE));
        assertThat(tokens.path("patient").asText()).isEqualTo("stepdown-patient");
        assertThat(tokens.path("need_patient_banner").asBoolean()).isTrue();
        assertThat(tokens.path("refresh_token").asText()).isNotEmpty();
        assertThat(tokens.path("id_token").asText()).isNotEmpty();
        assertThat(said(tokens.path("access_token")))
                .containsEntry("patient", "stepdown-patient")
                .containsEntry("fhirUser", SmartClient.base() + "/Patient/stepdown-patient")
                .containsEntry("client_id", app.client())
                .containsEntry("iop_roles", List.of("patient"));
        assertThat(claims(tokens.path("access_token")).getAudience()).containsExactly(SmartClient.base());
    }

    @Test
    void theIdTokenSaysWhoHasSignedIn() throws Exception {
        Map<String, String> request = App.PUBLIC.request(STANDALONE);
        request.put("nonce", "nonce-1");
        Browser browser = App.PUBLIC.ask(request).signIn("marisol").grant();
        JsonNode tokens = App.PUBLIC.exchange(browser.parameter("code")).json();
        SignedJWT jwt = SignedJWT.parse(tokens.path("id_token").asText());
        JWTClaimsSet claims = jwt.getJWTClaimsSet();
        JWKSet keys = JWKSet.parse(
                SmartClient.get(SmartClient.issuer() + "/auth/jwks").body());

        assertThat(jwt.getHeader().getAlgorithm()).isEqualTo(JWSAlgorithm.RS256);
        assertThat(jwt.verify(new RSASSAVerifier(
                        keys.getKeyByKeyId(jwt.getHeader().getKeyID()).toRSAKey())))
                .isTrue();
        assertThat(claims.getIssuer()).isEqualTo(SmartClient.issuer());
        assertThat(claims.getAudience()).containsExactly(App.PUBLIC.client());
        assertThat(claims.getSubject()).isNotBlank().hasSizeLessThanOrEqualTo(255);
        assertThat(claims.getExpirationTime()).isNotNull();
        assertThat(claims.getIssueTime()).isNotNull();
        assertThat(claims.getStringClaim("nonce")).isEqualTo("nonce-1");
        assertThat(claims.getStringClaim("fhirUser")).isEqualTo(SmartClient.base() + "/Patient/stepdown-patient");
    }

    @Test
    void aClinicianLooksForThePatientByName() {
        Browser browser = App.PUBLIC
                .ask(App.PUBLIC.request("launch/patient patient/Patient.rs"))
                .signIn("counselor");
        assertThat(browser.html()).contains("Choose a patient");
        browser.form("name").fill("name", "quillf").send();
        assertThat(browser.html()).contains("Marisol Quillfeather").doesNotContain("Brambleworth");
        browser.form("patient").fill("patient", "stepdown-patient").send();
        assertThat(browser.html()).contains("Marisol Quillfeather");

        JsonNode tokens = App.PUBLIC.exchange(browser.grant().parameter("code")).json();

        assertThat(tokens.path("patient").asText()).isEqualTo("stepdown-patient");
        assertThat(said(tokens.path("access_token"))).containsEntry("iop_roles", List.of("counselor"));
    }

    @Test
    void aFamilyMemberOpensOnlyWhoAuthorizedHer() {
        JsonNode tokens = App.PUBLIC.tokens("odile", "launch/patient patient/Patient.rs");

        assertThat(tokens.path("patient").asText()).isEqualTo("teen-patient");
        assertThat(said(tokens.path("access_token"))).containsEntry("iop_patients", List.of("teen-patient"));
    }

    @Test
    void somebodyWhoWorksWithNoPatientOpensNone() {
        Browser browser = App.PUBLIC
                .ask(App.PUBLIC.request("launch/patient patient/Patient.rs"))
                .signIn("operator");

        assertThat(browser.isBackAtApp()).isTrue();
        assertThat(browser.parameter("error")).isEqualTo("access_denied");
    }

    @Test
    void thePageSaysInPlainWordsWhatTheAppAsksFor() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(STANDALONE)).signIn("marisol");

        assertThat(browser.html())
                .contains("What Sandbox app asks for")
                .contains("See: diagnoses and health concerns, of the patient")
                .contains("Stay connected when you are away, until you end it");
    }

    @Test
    void whatTheUserUnticksIsNotGranted() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(STANDALONE)).signIn("marisol");
        browser.form("grant")
                .untick("scope", "patient/Observation.rs")
                .untick("scope", "offline_access")
                .fill("grant", "yes")
                .send();
        JsonNode tokens = App.PUBLIC.exchange(browser.parameter("code")).json();

        assertThat(Scopes.split(tokens.path("scope").asText()))
                .containsExactlyInAnyOrder("launch/patient", "openid", "fhirUser", "patient/Condition.rs");
        assertThat(tokens.has("refresh_token")).isFalse();
    }

    @Test
    void theUserMayShareOnlyPartsOfAKind() {
        String laboratory =
                "patient/Observation.rs?category=http://terminology.hl7.org/CodeSystem/observation-category|laboratory";
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(STANDALONE)).signIn("marisol");
        browser.form("grant").fill("scope", laboratory).fill("grant", "yes").send();
        JsonNode tokens = App.PUBLIC.exchange(browser.parameter("code")).json();

        assertThat(Scopes.split(tokens.path("scope").asText()))
                .contains(laboratory, "patient/Condition.rs")
                .doesNotContain("patient/Observation.rs");
    }

    @Test
    void aUserWhoDeclinesSendsTheAppAway() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(STANDALONE)).signIn("marisol");
        browser.form("deny").fill("deny", "yes").send();

        assertThat(browser.isBackAtApp()).isTrue();
        assertThat(browser.parameter("error")).isEqualTo("access_denied");
        assertThat(browser.parameter("state")).isEqualTo(App.STATE);
        assertThat(browser.parameter("code")).isEmpty();
    }

    @Test
    void theRequestMayComeByPost() {
        Browser browser = new Browser()
                .postFromElsewhere(App.authorize(), App.PUBLIC.request("launch/patient patient/Patient.rs"));
        browser.signIn("marisol").grant();

        assertThat(App.PUBLIC.exchange(browser.parameter("code")).status()).isEqualTo(200);
    }

    @ParameterizedTest
    @MethodSource("apps")
    void tokensAreRenewedWithoutTheUser(App app) {
        JsonNode first = app.tokens("marisol", STANDALONE);
        Reply reply = app.refresh(first.path("refresh_token").asText());
        JsonNode second = reply.json();

        assertThat(reply.status()).as(reply.body()).isEqualTo(200);
        assertThat(second.path("access_token").asText())
                .isNotEqualTo(first.path("access_token").asText());
        assertThat(second.path("refresh_token").asText())
                .isNotEmpty()
                .isNotEqualTo(first.path("refresh_token").asText());
        assertThat(second.path("scope").asText()).isEqualTo(first.path("scope").asText());
        assertThat(second.path("patient").asText()).isEqualTo("stepdown-patient");
        assertThat(second.path("id_token").asText()).isNotEmpty();
        assertThat(reply.header("Cache-Control")).contains("no-store");
    }

    @Test
    void renewedScopesMayBeNarrowerAndTheNextOnesAsBefore() {
        JsonNode first = App.PUBLIC.tokens("marisol", "launch/patient offline_access patient/*.rs");
        JsonNode second = App.PUBLIC
                .refresh(first.path("refresh_token").asText(), "patient/Observation.rs")
                .json();
        JsonNode third =
                App.PUBLIC.refresh(second.path("refresh_token").asText()).json();

        assertThat(second.path("scope").asText()).isEqualTo("patient/Observation.rs");
        assertThat(said(second.path("access_token"))).containsEntry("scope", "patient/Observation.rs");
        assertThat(Scopes.split(third.path("scope").asText())).contains("patient/*.rs");
    }

    @Test
    void anEhrOpensAnAppUponASession() {
        String system = SmartClient.token(
                        Map.of("grant_type", "client_credentials", "scope", "system/*.rs"),
                        "Authorization",
                        SmartClient.basic("sandbox-ehr", Sandbox.secretOf("sandbox-ehr")))
                .json()
                .path("access_token")
                .asText();
        Reply announced =
                SmartClient.postJson(SmartClient.issuer() + "/auth/launch", """
                {"client": "sandbox-app", "patient": "stepdown-patient", "encounter": "stepdown-session",
                 "intent": "review", "user": "counselor"}
                """, "Authorization", "Bearer " + system);
        assertThat(announced.status()).as(announced.body()).isEqualTo(201);
        assertThat(announced.json().path("iss").asText()).isEqualTo(SmartClient.base());
        Map<String, String> request = App.PUBLIC.request("launch openid fhirUser user/*.rs");
        request.put("launch", announced.json().path("launch").asText());
        Browser browser = App.PUBLIC.ask(request).signIn("counselor").grant();
        JsonNode tokens = App.PUBLIC.exchange(browser.parameter("code")).json();

        assertThat(tokens.path("patient").asText()).isEqualTo("stepdown-patient");
        assertThat(tokens.path("encounter").asText()).isEqualTo("stepdown-session");
        assertThat(tokens.path("intent").asText()).isEqualTo("review");
        assertThat(tokens.has("need_patient_banner")).isTrue();
        assertThat(tokens.path("need_patient_banner").asBoolean()).isFalse();
        assertThat(tokens.path("fhirContext").get(0).path("reference").asText())
                .isEqualTo("Encounter/stepdown-session");
        assertThat(SmartClient.get(tokens.path("smart_style_url").asText())
                        .json()
                        .path("color_text")
                        .asText())
                .isNotEmpty();
        assertThat(said(tokens.path("access_token"))).containsEntry("encounter", "stepdown-session");
        assertThat(App.PUBLIC.ask(request).parameter("error"))
                .as("a launch is good once")
                .isEqualTo("invalid_request");
    }

    @Test
    void aConfidentialAppNeedNotAskTwice() {
        String scope = "launch/patient openid patient/Patient.rs";
        Browser browser = App.SECRET.grantedBy("teo", scope);
        browser.open(App.authorize() + "?" + SmartClient.encode(App.SECRET.request(scope)));

        assertThat(browser.isBackAtApp()).isTrue();
        assertThat(App.SECRET.exchange(browser.parameter("code")).status()).isEqualTo(200);
    }

    @Test
    void aPageThatMayNotBeShownIsNotShown() {
        Map<String, String> request = App.PUBLIC.request("openid patient/Patient.rs");
        request.put("prompt", "none");

        assertThat(App.PUBLIC.ask(request).parameter("error")).isEqualTo("login_required");
    }

    @Test
    void introspectionTellsWhatTheTokenSays() {
        JsonNode tokens = App.SECRET.tokens("marisol", STANDALONE);
        Reply reply = App.SECRET.prove(
                "/auth/introspect", Map.of("token", tokens.path("access_token").asText()));
        JsonNode said = reply.json();

        assertThat(reply.status()).isEqualTo(200);
        assertThat(said.path("active").asBoolean()).isTrue();
        assertThat(said.path("client_id").asText()).isEqualTo(App.SECRET.client());
        assertThat(said.path("scope").asText()).isEqualTo(tokens.path("scope").asText());
        assertThat(said.path("exp").isNumber()).isTrue();
        assertThat(said.path("patient").asText()).isEqualTo("stepdown-patient");
        assertThat(said.path("iss").asText()).isEqualTo(SmartClient.issuer());
        assertThat(said.path("sub").asText())
                .isEqualTo(claims(tokens.path("id_token")).getSubject());
        assertThat(said.path("fhirUser").asText()).isEqualTo(SmartClient.base() + "/Patient/stepdown-patient");
    }

    @Test
    void introspectionOfNoTokenSaysOnlyThat() {
        Reply reply = App.SECRET.prove("/auth/introspect", Map.of("token", "not-a-token"));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(reply.body()).isEqualTo("{\"active\":false}");
    }

    @Test
    void introspectionOfAnotherClientsTokenSaysNothing() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", STANDALONE);

        assertThat(App.SECRET
                        .prove(
                                "/auth/introspect",
                                Map.of("token", tokens.path("access_token").asText()))
                        .body())
                .isEqualTo("{\"active\":false}");
    }

    @ParameterizedTest
    @MethodSource("apps")
    void aTokenThatIsGivenBackHoldsNoLonger(App app) {
        JsonNode tokens = app.tokens("marisol", STANDALONE);
        Reply reply = app.prove(
                "/auth/revoke", Map.of("token", tokens.path("refresh_token").asText()));

        assertThat(reply.status()).isEqualTo(200);
        assertThat(app.refresh(tokens.path("refresh_token").asText()).status()).isIn(400, 401);
        assertThat(TestTokens.isRevoked(tokens.path("access_token").asText())).isTrue();
    }

    @Test
    void aUserEndsTheAccessOfAnApp() {
        JsonNode tokens = App.PUBLIC.tokens("teo", STANDALONE);
        Browser browser =
                new Browser().open(SmartClient.issuer() + "/auth/apps").signIn("teo");
        assertThat(browser.html()).contains("End the access of Sandbox app");
        browser.form("client").send();

        assertThat(browser.html()).doesNotContain("End the access of Sandbox app");
        assertThat(App.PUBLIC.refresh(tokens.path("refresh_token").asText()).status())
                .isEqualTo(400);
        assertThat(TestTokens.isRevoked(tokens.path("access_token").asText())).isTrue();
    }
}
