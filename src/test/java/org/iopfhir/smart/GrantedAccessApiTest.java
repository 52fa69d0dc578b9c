// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Practitioner;
import org.iopfhir.smart.SmartClient.Reply;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the tokens that people and systems are granted open at the FHIR API, and what they do not. */
class GrantedAccessApiTest {

    private static final String CATEGORY = "http://terminology.hl7.org/CodeSystem/observation-category";
    private static final String PATIENT = "Patient/stepdown-patient";
    private static final String COUNSELOR = "Practitioner/staff-addiction-counselor";

    private static final FhirClient PROGRAM = RunningServer.client();
    private static final Invented INVENTED = new Invented();

    @BeforeAll
    static void prepare() {
        KeyedClients.register();
        App.patients();
        Practitioner counselor = INVENTED.practitioner("Okonkwo-Reyes");
        counselor.setId(COUNSELOR);
        assertThat(PROGRAM.put(COUNSELOR).body(counselor).send().status()).isIn(200, 201);
    }

    private static Reply read(String path, JsonNode tokens, String... headers) {
        String[] all = new String[headers.length + 2];
        System.arraycopy(headers, 0, all, 2, headers.length);
        all[0] = "Authorization";
        all[1] = "Bearer " + tokens.path("access_token").asText();
        return SmartClient.get(path.startsWith("http") ? path : SmartClient.base() + "/" + path, all);
    }

    private static String fhirUser(JsonNode tokens) {
        try {
            return Objects.requireNonNull(
                    SignedJWT.parse(tokens.path("id_token").asText())
                            .getJWTClaimsSet()
                            .getStringClaim("fhirUser"));
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }

    private static String stored(String category) {
        Observation value = INVENTED.observation(PATIENT);
        value.setCategory(List.of(new CodeableConcept(new Coding(CATEGORY, category, null))));
        return PROGRAM.store(value);
    }

    @Test
    void patientAndUserOfAStandaloneLaunchAreReadableWithItsToken() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", "launch/patient openid fhirUser patient/*.rs");

        assertThat(read("Patient/" + tokens.path("patient").asText(), tokens).status())
                .isEqualTo(200);
        assertThat(read(fhirUser(tokens), tokens).status()).isEqualTo(200);
    }

    @Test
    void patientEncounterAndUserOfAnEhrLaunchAreReadableWithItsToken() {
        JsonNode tokens = launchedByEhr();

        assertThat(read("Patient/" + tokens.path("patient").asText(), tokens).status())
                .isEqualTo(200);
        assertThat(read("Encounter/" + tokens.path("encounter").asText(), tokens)
                        .status())
                .isEqualTo(200);
        assertThat(fhirUser(tokens)).endsWith(COUNSELOR);
        assertThat(read(fhirUser(tokens), tokens).status()).isEqualTo(200);
    }

    private static JsonNode launchedByEhr() {
        Reply ehr = SmartClient.token(
                Map.of("grant_type", "client_credentials", "scope", "system/*.rs"),
                "Authorization",
                SmartClient.basic("sandbox-ehr", Sandbox.secretOf("sandbox-ehr")));
        Reply launch = SmartClient.postJson(
                SmartClient.issuer() + "/auth/launch",
                """
                {"client": "sandbox-app", "patient": "stepdown-patient", "encounter": "stepdown-session",
                 "user": "counselor"}
                """,
                "Authorization",
                "Bearer " + ehr.json().path("access_token").asText());
        Map<String, String> request = App.PUBLIC.request("launch openid fhirUser user/*.rs");
        request.put("launch", launch.json().path("launch").asText());
        Browser browser = App.PUBLIC.ask(request).signIn("counselor").grant();
        return App.PUBLIC.exchange(browser.parameter("code")).json();
    }

    @Test
    void whatWasNotGrantedIsRefused() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", "launch/patient patient/Condition.rs");

        assertThat(read("Condition?patient=" + PATIENT, tokens).status()).isEqualTo(200);
        assertThat(read("Observation?patient=" + PATIENT, tokens).status()).isEqualTo(403);
        assertThat(read(PATIENT, tokens).status()).isEqualTo(403);
    }

    @Test
    void withoutATokenNothingIsRead() {
        assertThat(SmartClient.get(SmartClient.base() + "/" + PATIENT).status()).isEqualTo(401);
    }

    @Test
    void anAccessTokenThatIsGivenBackReadsNothing() {
        JsonNode tokens = App.PUBLIC.tokens("marisol", "launch/patient offline_access patient/*.rs");
        assertThat(read(PATIENT, tokens).status()).isEqualTo(200);
        App.PUBLIC.prove(
                "/auth/revoke", Map.of("token", tokens.path("refresh_token").asText()));

        assertThat(read(PATIENT, tokens).status()).isEqualTo(401);
    }

    @Test
    void aSearchFindsOnlyThePartsOfAKindThatWereShared() {
        String survey = stored("survey");
        String laboratory = stored("laboratory");
        Browser browser = App.PUBLIC
                .ask(App.PUBLIC.request("launch/patient patient/Observation.rs"))
                .signIn("marisol");
        browser.form("grant")
                .fill("scope", "patient/Observation.rs?category=" + CATEGORY + "|laboratory")
                .fill("grant", "yes")
                .send();
        JsonNode tokens = App.PUBLIC.exchange(browser.parameter("code")).json();
        JsonNode found =
                read("Observation?_count=200&patient=" + PATIENT, tokens).json();

        assertThat(found.findValuesAsText("fullUrl"))
                .contains(SmartClient.base() + "/" + laboratory)
                .doesNotContain(SmartClient.base() + "/" + survey);
        assertThat(read(laboratory, tokens).status()).isEqualTo(200);
        assertThat(read(survey, tokens).status()).isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"/fhir/metadata", "/fhir/.well-known/smart-configuration", "/auth/token", "/fhir/" + PATIENT})
    void thePageOfAnAppMayReadWhatItNeeds(String path) {
        String origin = "http://127.0.0.1:4567";
        JsonNode tokens = App.PUBLIC.tokens("marisol", "launch/patient patient/*.rs");
        Reply reply = path.equals("/auth/token")
                ? SmartClient.token(Map.of("grant_type", "authorization_code"), "Origin", origin)
                : read(SmartClient.issuer() + path, tokens, "Origin", origin);

        assertThat(reply.header("Access-Control-Allow-Origin")).isIn(origin, "*");
    }
}
