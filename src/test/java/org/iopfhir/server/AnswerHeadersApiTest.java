// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** One answer of each kind carries what keeps browsers and caches careful. */
class AnswerHeadersApiTest {

    private static final FhirClient CLIENT = RunningServer.client();
    private static final FhirClient NOBODY = CLIENT.anonymous();
    private static final String ROOT = CLIENT.base().replace("/fhir", "");
    private static final String PATIENT = CLIENT.store(new Patient().setActive(true));
    private static final String DATA = "default-src 'none'; base-uri 'none'; frame-ancestors 'none'";
    private static final String KEPT = "public, max-age=300";

    /** @param cache what {@code Cache-Control} must be */
    record Kind(FhirClient.Call call, int status, String cache) {}

    static Stream<Kind> kinds() {
        return Stream.of(
                new Kind(CLIENT.get(PATIENT), 200, "no-store"),
                new Kind(CLIENT.get(PATIENT + "?_format=xml"), 200, "no-store"),
                new Kind(CLIENT.get("Patient?_count=1"), 200, "no-store"),
                new Kind(CLIENT.get(PATIENT + "/_history"), 200, "no-store"),
                new Kind(CLIENT.post("Patient").body(new Patient()), 201, "no-store"),
                new Kind(CLIENT.get("Patient/none"), 404, "no-store"),
                new Kind(CLIENT.post("Patient").body(FhirClient.JSON, "{"), 400, "no-store"),
                new Kind(CLIENT.post("Patient").body("text/csv", "a"), 415, "no-store"),
                new Kind(NOBODY.get(PATIENT), 401, "no-store"),
                new Kind(NOBODY.get("metadata"), 200, "no-store"),
                new Kind(NOBODY.get(".well-known/smart-configuration"), 200, KEPT),
                new Kind(NOBODY.get(ROOT + "/auth/jwks"), 200, KEPT),
                new Kind(NOBODY.get(ROOT + "/auth/nothing"), 404, "no-store"),
                new Kind(
                        NOBODY.post(ROOT + "/auth/token").body("application/x-www-form-urlencoded", "a=b"),
                        400,
                        "no-store"),
                new Kind(NOBODY.get(ROOT + "/auth/introspect"), 405, "no-store"),
                new Kind(NOBODY.get(ROOT + "/nothing"), 404, "no-store"),
                new Kind(NOBODY.get(ROOT + "/fhir/%2e%2e/"), 400, "no-store"));
    }

    @ParameterizedTest
    @MethodSource("kinds")
    void dataIsNeitherGuessedAtNorFramedNorKept(Kind kind) {
        Answer answer = kind.call().send();

        assertThat(answer.status()).isEqualTo(kind.status());
        careful(answer);
        assertThat(answer.header("Content-Security-Policy")).isEqualTo(DATA);
        assertThat(answer.header("Cache-Control")).contains(kind.cache());
    }

    @ParameterizedTest
    @MethodSource
    void pagesShowTheirStyleAndNothingElse(String page) {
        Answer answer = NOBODY.get(ROOT + page).send();

        careful(answer);
        assertThat(answer.header("Content-Type")).startsWith("text/html");
        assertThat(answer.header("Content-Security-Policy"))
                .startsWith("default-src 'none'; style-src 'self'")
                .contains("frame-ancestors 'none'")
                .doesNotContain("unsafe")
                .doesNotContain("script");
    }

    static List<String> pagesShowTheirStyleAndNothingElse() {
        return List.of("/auth/login", "/auth/authorize", "/auth/consent", "/guide/", "/guide/nothing");
    }

    @Test
    void whatJettyCannotReadIsAnsweredAsCarefully() throws IOException {
        URI base = URI.create(ROOT);
        try (Socket socket = new Socket(base.getHost(), base.getPort())) {
            socket.setSoTimeout(20_000);
            socket.getOutputStream()
                    .write("GET /fhir HTTP/1.1\r\nHost: a\r\nHost: b\r\nBad Name: x\r\n\r\n"
                            .getBytes(StandardCharsets.UTF_8));
            InputStream in = socket.getInputStream();
            String answer = new String(in.readAllBytes(), StandardCharsets.UTF_8);

            assertThat(answer)
                    .startsWith("HTTP/1.1 400")
                    .contains("X-Content-Type-Options: nosniff")
                    .contains("Referrer-Policy: no-referrer")
                    .contains("Cache-Control: no-store")
                    .contains(DATA)
                    .contains("\"resourceType\":\"OperationOutcome\"");
        }
    }

    @Test
    void whoKnowsTheVersionIsToldSoThoughNothingIsStoredOnTheWay() {
        Answer first = CLIENT.get(PATIENT).send().expect(200);
        Answer second = CLIENT.get(PATIENT)
                .header("If-None-Match", first.header("ETag"))
                .send()
                .expect(304);

        assertThat(first.header("ETag")).isEqualTo("W/\"1\"");
        careful(second);
        assertThat(second.header("Cache-Control")).isEqualTo("no-store");
    }

    private static void careful(Answer answer) {
        assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
        assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        assertThat(answer.header("Strict-Transport-Security")).isEmpty();
    }
}
