// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Pages of registered apps may call the server, those of others may not, and nobody brings a cookie. */
class CorsApiTest {

    private static final String TOKEN = "a-registration-token-of-32-letters";
    private static final Path CLIENTS = Sandbox.folder().resolve("clients-of-cors.json");
    private static final RunningServer SERVER = RunningServer.start(
            "--iop.smart.registration-token=" + TOKEN,
            "--iop.smart.clients-file=" + CLIENTS,
            "--iop.http.cors-origins=https://portal.example.org");

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static String url(String path) {
        return SERVER.fhir().base().replace("/fhir", path);
    }

    private static Answer preflight(String origin, String path) {
        return SERVER.fhir()
                .anonymous()
                .method("OPTIONS", url(path))
                .header("Origin", origin)
                .header("Access-Control-Request-Method", "POST")
                .header("Access-Control-Request-Headers", "authorization, content-type, if-match")
                .send();
    }

    private static boolean isAllowed(String origin) {
        Answer answer = preflight(origin, "/fhir/Patient");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
        assertThat(answer.header("Access-Control-Allow-Origin")).isIn("", origin);
        boolean allowed = answer.header("Access-Control-Allow-Origin").equals(origin);
        assertThat(answer.status()).isEqualTo(allowed ? 200 : 403);
        return allowed;
    }

    @ParameterizedTest
    @CsvSource({
        "https://portal.example.org,       true",
        "http://localhost:3000,            true",
        "http://localhost:8000,            true",
        "http://127.0.0.1,                 true",
        "http://127.0.0.1:4567,            true",
        "http://localhost:3001,            false",
        "http://127.0.0.1.evil.example.org, false",
        "http://127.0.0.1:4567.evil.org,   false",
        "https://127.0.0.1:4567,           false",
        "https://evil.example.org,         false",
        "https://portal.example.org.evil.org, false",
        "http://portal.example.org,        false",
        "null,                             false",
    })
    void onlyPagesOfTheSettingsAndOfRegisteredAppsMayCall(String origin, boolean allowed) {
        assertThat(isAllowed(origin)).isEqualTo(allowed);
    }

    @Test
    void theAnswerItselfIsForThePageThatMayCall() {
        FhirClient.Call mine = SERVER.fhir().get("Patient").header("Origin", "http://localhost:3000");
        FhirClient.Call other = SERVER.fhir().get("Patient").header("Origin", "https://evil.example.org");

        assertThat(mine.send().expect(200).header("Access-Control-Allow-Origin"))
                .isEqualTo("http://localhost:3000");
        assertThat(other.send().expect(403).header("Access-Control-Allow-Origin"))
                .isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/.well-known/smart-configuration", "/fhir/.well-known/smart-configuration", "/auth/jwks"})
    void whatIsPublishedIsForEveryPageAndWithoutCookies(String path) {
        Answer answer = SERVER.fhir()
                .anonymous()
                .get(url(path))
                .header("Origin", "https://anybody.example.org")
                .send()
                .expect(200);

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
        assertThat(answer.header("Access-Control-Allow-Credentials")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"/auth/login", "/auth/authorize", "/auth/consent", "/auth/apps"})
    void thePagesWherePeopleSignInAreForNoScript(String path) {
        assertThat(preflight("http://localhost:3000", path).status()).isEqualTo(403);
        Answer answer = SERVER.fhir()
                .anonymous()
                .get(url(path))
                .header("Origin", "http://localhost:3000")
                .send();
        assertThat(answer.header("Access-Control-Allow-Origin")).isEmpty();
    }

    @Test
    void aFormOfThePagesIsNoCallOfAnotherOrigin() {
        // Browsers send this origin with a form of a page that wants no referrer.
        Answer answer = SERVER.fhir()
                .anonymous()
                .post(url("/auth/login"))
                .header("Origin", "null")
                .body("application/x-www-form-urlencoded", "name=a")
                .send()
                .expect(403);

        assertThat(answer.text()).contains("This form does not come from a page");
    }

    @Test
    void anAppCountsFromItsRegistrationToItsEnd() throws IOException {
        String named = "https://pages.example.org";
        String redirect = "https://diary.example.org:8443";
        String launch = "https://launch.example.org";
        assertThat(isAllowed(redirect)).isFalse();
        SERVER.fhir()
                .anonymous()
                .post(url("/auth/register"))
                .header("Authorization", "Bearer " + TOKEN)
                .body("application/json", """
                        {"client_name": "Diary", "redirect_uris": ["REDIRECT/back", "org.example.diary:/back"],
                        "initiate_login_uri": "LAUNCH:443/start", "token_endpoint_auth_method": "none"}
                        """.replace("REDIRECT", redirect).replace("LAUNCH", launch))
                .send()
                .expect(201);

        assertThat(isAllowed(redirect)).isTrue();
        assertThat(isAllowed(launch)).isTrue();
        assertThat(isAllowed("https://diary.example.org")).isFalse();
        assertThat(isAllowed(named)).isFalse();
        assertThat(preflight(redirect, "/auth/token").header("Access-Control-Allow-Origin"))
                .isEqualTo(redirect);

        String file = Files.readString(CLIENTS);
        write(file.replaceFirst("\"redirects\"", "\"origins\": [\"" + named + "\"], \"redirects\""));
        await(named, true);
        write("{\"clients\": []}");
        await(redirect, false);
        assertThat(isAllowed(named)).isFalse();
        assertThat(isAllowed(launch)).isFalse();
    }

    private static void write(String text) throws IOException {
        Files.writeString(CLIENTS, text);
    }

    /** The file is looked at once a second. */
    private static void await(String origin, boolean allowed) {
        Instant end = Instant.now().plus(Duration.ofSeconds(10));
        while (isAllowed(origin) != allowed) {
            assertThat(Instant.now()).isBefore(end);
        }
    }
}
