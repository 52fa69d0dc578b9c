// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Objects;
import org.iopfhir.smart.SmartClient.Reply;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an attacker tries at the pages of the authorization server, and where apps are opened. */
class SignInNegativesApiTest {

    private static final String SCOPE = "launch/patient offline_access patient/Patient.rs";

    @BeforeAll
    static void prepare() {
        App.patients();
    }

    @Test
    void aFormFromElsewhereIsRefused() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(SCOPE));
        Reply reply = SmartClient.post(
                SmartClient.issuer() + "/auth/login",
                Map.of("name", "marisol", "password", Sandbox.passwordOf("marisol"), "form", "made-up"));

        assertThat(browser.html()).contains("name=\"form\"");
        assertThat(reply.status()).isEqualTo(403);
        assertThat(reply.header("Set-Cookie")).isEmpty();
    }

    @Test
    void aPatientCannotChooseAnother() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(SCOPE)).signIn("marisol");
        browser.form("grant").fill("patient", "teen-patient").sendTo("patient");
        browser.form("grant")
                .fill("patient", "teen-patient")
                .fill("grant", "yes")
                .send();
        JsonNode tokens = App.PUBLIC.exchange(browser.parameter("code")).json();

        assertThat(tokens.path("patient").asText()).isEqualTo("stepdown-patient");
    }

    @Test
    void anEhrCannotOpenAPatientForWhoMayNotSeeHim() {
        String system = SmartClient.token(
                        Map.of("grant_type", "client_credentials", "scope", "system/*.rs"),
                        "Authorization",
                        SmartClient.basic("sandbox-ehr", Sandbox.secretOf("sandbox-ehr")))
                .json()
                .path("access_token")
                .asText();
        Map<String, String> request = App.PUBLIC.request("launch openid patient/Patient.rs");
        request.put(
                "launch",
                SmartClient.postJson(
                                SmartClient.issuer() + "/auth/launch",
                                "{\"client\": \"sandbox-app\", \"patient\": \"teen-patient\"}",
                                "Authorization",
                                "Bearer " + system)
                        .json()
                        .path("launch")
                        .asText());

        assertThat(App.PUBLIC.ask(request).signIn("marisol").parameter("error")).isEqualTo("access_denied");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "Bearer made-up", "Basic c2FuZGJveC1laHI6eA=="})
    void anAppIsNotOpenedByJustAnybody(String authorization) {
        Reply reply = SmartClient.postJson(
                SmartClient.issuer() + "/auth/launch",
                "{\"client\": \"sandbox-app\"}",
                authorization.isEmpty() ? "X-Nothing" : "Authorization",
                authorization);

        assertThat(reply.status()).isEqualTo(401);
    }

    @Test
    void theNameOfAnAppCannotBringHtmlIntoAPage() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(SCOPE));
        browser.form("password")
                .fill("name", "<script>alert(1)</script>")
                .fill("password", "x")
                .send();

        assertThat(browser.page().status()).isEqualTo(401);
        assertThat(browser.html()).doesNotContain("<script");
        assertThat(Objects.requireNonNull(browser.page()).header("Content-Security-Policy"))
                .contains("default-src 'none'")
                .contains("frame-ancestors 'none'");
    }

    @Test
    void anUnknownNameIsRefusedLikeAWrongPasswordAndManyAttemptsAreStopped() {
        Browser browser = App.PUBLIC.ask(App.PUBLIC.request(SCOPE));
        for (int i = 0; i < 10; i++) {
            browser.form("password")
                    .fill("name", "billing")
                    .fill("password", "wrong")
                    .send();
            assertThat(browser.page().status()).isEqualTo(401);
        }
        browser.form("password")
                .fill("name", "billing")
                .fill("password", Sandbox.passwordOf("billing"))
                .send();

        assertThat(browser.page().status()).isEqualTo(429);
    }
}
