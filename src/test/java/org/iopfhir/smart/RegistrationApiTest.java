// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import org.iopfhir.smart.SmartClient.Reply;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** Apps register themselves where the operator wants it, and nowhere else. */
class RegistrationApiTest {

    private static final String TOKEN = "a-registration-token-of-32-letters";
    private static final RunningServer SERVER = RunningServer.start(
            "--iop.smart.registration-token=" + TOKEN,
            "--iop.smart.clients-file=" + Sandbox.folder().resolve("clients-of-registration.json"));
    private static final String ROOT = SERVER.fhir().base().replace("/fhir", "");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static Reply register(String body) {
        return SmartClient.postJson(ROOT + "/auth/register", body, "Authorization", "Bearer " + TOKEN);
    }

    @Test
    void byDefaultThereIsNoSuchAddress() {
        Reply reply = SmartClient.postJson(
                SmartClient.issuer() + "/auth/register",
                "{\"redirect_uris\": [\"https://diary.example.org/back\"]}",
                "Authorization",
                "Bearer " + TOKEN);

        assertThat(reply.status()).isEqualTo(404);
        assertThat(SmartClient.get(SmartClient.base() + "/.well-known/smart-configuration")
                        .json()
                        .has("registration_endpoint"))
                .isFalse();
    }

    @Test
    void whereItIsOnDiscoverySaysSo() {
        JsonNode discovered =
                SmartClient.get(ROOT + "/.well-known/smart-configuration").json();

        assertThat(discovered.path("registration_endpoint").asText()).isEqualTo(ROOT + "/auth/register");
    }

    @Test
    void anAppThatRegistersCanStart() {
        Reply reply = register("""
                {"client_name": "Diary", "redirect_uris": ["https://diary.example.org/back"],
                "scope": "launch/patient openid patient/*.rs system/*.cruds nonsense"}
                """);
        JsonNode app = reply.json();
        String id = app.path("client_id").asText();

        assertThat(reply.status()).isEqualTo(201);
        assertThat(reply.header("Cache-Control")).isEqualTo("no-store");
        assertThat(app.path("scope").asText()).isEqualTo("launch/patient openid patient/*.rs");
        assertThat(start(id, "https://diary.example.org/back").status()).isEqualTo(303);
        assertThat(start(id, "https://evil.example.org/back").status()).isEqualTo(400);
        assertThat(start("app-nobody", "https://diary.example.org/back").status())
                .isEqualTo(400);
        // The secret is known: what is wrong is the code.
        assertThat(exchange(id, app.path("client_secret").asText())).isEqualTo("invalid_grant");
        assertThat(exchange(id, "wrong")).isEqualTo("invalid_client");
    }

    @Test
    void aPublicAppGetsNoSecret() {
        JsonNode app = register("""
                {"redirect_uris": ["org.example.diary:/back"], "token_endpoint_auth_method": "none"}
                """).json();

        assertThat(app.path("token_endpoint_auth_method").asText()).isEqualTo("none");
        assertThat(app.has("client_secret")).isFalse();
    }

    @Test
    void whoHasNotTheTokenOfTheOperatorRegistersNothing() {
        String body = "{\"redirect_uris\": [\"https://diary.example.org/back\"]}";

        assertThat(SmartClient.postJson(ROOT + "/auth/register", body).status()).isEqualTo(401);
        assertThat(SmartClient.postJson(ROOT + "/auth/register", body, "Authorization", "Bearer " + TOKEN + "x")
                        .status())
                .isEqualTo(401);
    }

    @Test
    void whatCannotBeRegisteredIsNamed() {
        assertThat(register("{\"redirect_uris\": [\"http://diary.example.org/back\"]}")
                        .json()
                        .path("error")
                        .asText())
                .isEqualTo("invalid_redirect_uri");
        assertThat(register("{\"redirect_uris\": [\"javascript:alert(1)\"]}")
                        .json()
                        .path("error")
                        .asText())
                .isEqualTo("invalid_redirect_uri");
        assertThat(register("{\"redirect_uris\": []}").status()).isEqualTo(400);
        assertThat(register("{").status()).isEqualTo(400);
    }

    private static Reply start(String client, String redirect) {
        return SmartClient.get(ROOT + "/auth/authorize?"
                + SmartClient.encode(Map.of(
                        "response_type",
                        "code",
                        "client_id",
                        client,
                        "redirect_uri",
                        redirect,
                        "scope",
                        "openid launch/patient patient/*.rs",
                        "state",
                        App.STATE,
                        "aud",
                        ROOT + "/fhir",
                        "code_challenge",
                        App.challenge(App.VERIFIER),
                        "code_challenge_method",
                        "S256")));
    }

    private static String exchange(String client, String secret) {
        return SmartClient.post(
                        ROOT + "/auth/token",
                        Map.of(
                                "grant_type", "authorization_code",
                                "code", "none",
                                "redirect_uri", "https://diary.example.org/back",
                                "code_verifier", App.VERIFIER),
                        "Authorization",
                        SmartClient.basic(client, secret))
                .json()
                .path("error")
                .asText();
    }
}
