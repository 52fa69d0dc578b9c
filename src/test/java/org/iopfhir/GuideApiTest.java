// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.GZIPInputStream;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The implementation guide, read from the running server as a browser does. */
class GuideApiTest {
    private static final FhirClient HTTP = RunningServer.client();
    private static final String GUIDE = HTTP.base().replaceFirst("/fhir$", "/guide");

    @Test
    void servesTheFirstPageAndThePageOfAProfile() {
        Answer index = HTTP.get(GUIDE + "/").send().expect(200);
        assertThat(index.header("Content-Type")).isEqualToIgnoringCase("text/html;charset=utf-8");
        assertThat(index.text()).contains("<h1>IOP FHIR implementation guide</h1>");

        Answer profile = HTTP.get(GUIDE + "/StructureDefinition-iop-care-plan.html")
                .send()
                .expect(200);
        assertThat(profile.text()).contains("iop-care-plan-phase-within-plan").contains("<h1>IOP Care Plan</h1>");
        assertThat(HTTP.get(GUIDE + "/guide.css").send().expect(200).header("Content-Type"))
                .startsWith("text/css");
    }

    @Test
    void leadsToTheFirstPage() {
        assertThat(HTTP.get(GUIDE).send().expect(301).header("Location")).isEqualTo("guide/");
    }

    @Test
    void everyAnswerForbidsScriptsAndFrames() {
        for (String path : new String[] {"/", "/no-such-page.html", "/package.tgz"}) {
            Answer answer = HTTP.get(GUIDE + path).send();

            assertThat(answer.header("Content-Security-Policy"))
                    .contains("default-src 'none'")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(answer.header("X-Content-Type-Options")).isEqualTo("nosniff");
            assertThat(answer.header("Referrer-Policy")).isEqualTo("no-referrer");
        }
    }

    @Test
    void sendsNothingTwice() {
        Answer first = HTTP.get(GUIDE + "/").send().expect(200);
        String etag = first.header("ETag");

        assertThat(first.header("Cache-Control")).isEqualTo("public, max-age=300");
        Answer second = HTTP.get(GUIDE + "/")
                .header("If-None-Match", "\"other\", " + etag)
                .send()
                .expect(304);
        assertThat(second.bytes()).isEmpty();
        assertThat(second.header("ETag")).isEqualTo(etag);
        HTTP.get(GUIDE + "/").header("If-None-Match", "\"other\"").send().expect(200);
        assertThat(HTTP.get(GUIDE + "/guide.css").send().header("ETag")).isNotEqualTo(etag);
    }

    @Test
    void packsForThoseWhoCanUnpack() throws IOException {
        String plain = HTTP.get(GUIDE + "/").send().expect(200).text();
        Answer packed = HTTP.get(GUIDE + "/")
                .header("Accept-Encoding", "br, gzip")
                .send()
                .expect(200);
        Answer refused = HTTP.get(GUIDE + "/")
                .header("Accept-Encoding", "gzip;q=0")
                .send()
                .expect(200);

        assertThat(packed.header("Content-Encoding")).isEqualTo("gzip");
        assertThat(packed.header("Vary")).contains("Accept-Encoding");
        assertThat(unpacked(packed)).isEqualTo(plain);
        assertThat(refused.text()).isEqualTo(plain);
    }

    @Test
    void answersHeadAsGetWithoutTheBody() {
        Answer get = HTTP.get(GUIDE + "/").send().expect(200);
        Answer head = HTTP.head(GUIDE + "/").send().expect(200);

        assertThat(head.bytes()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo(get.header("ETag"));
        assertThat(head.header("Content-Length")).isEqualTo(Integer.toString(get.bytes().length));
    }

    @ParameterizedTest
    @ValueSource(strings = {"POST", "PUT", "DELETE", "PATCH"})
    void canOnlyBeRead(String verb) {
        assertThat(HTTP.method(verb, GUIDE + "/").send().expect(405).header("Allow"))
                .isEqualTo("GET, HEAD");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/no-such-page.html",
                "/StructureDefinition-iop-care-plan",
                "/StructureDefinition-iop-care-plan.html.gz",
                "/org/iopfhir/IopFhirServer.class",
                "/.hidden",
                "/index.html/",
                "/<script>"
            })
    void saysInAPageThatThereIsNone(String path) {
        Answer answer = HTTP.get(GUIDE + path.replace("<", "%3C").replace(">", "%3E"))
                .send()
                .expect(404);

        assertThat(answer.header("Content-Type")).startsWith("text/html");
        assertThat(answer.text()).contains("<h1>No such page</h1>").doesNotContain("script");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/../application.yml",
                "/..%2Fapplication.yml",
                "/%2e%2e/application.yml",
                "/..;/application.yml",
                "/%5c..%5capplication.yml",
                "/index.html%00.gz",
                "//etc/passwd"
            })
    void letsNoPathLeadOut(String path) {
        Answer answer = HTTP.get(GUIDE + path).send();

        assertThat(answer.status()).isIn(400, 404);
        assertThat(answer.text()).doesNotContain("spring:").doesNotContain("root:");
    }

    private static String unpacked(Answer packed) throws IOException {
        return new String(
                new GZIPInputStream(new ByteArrayInputStream(packed.bytes())).readAllBytes(), StandardCharsets.UTF_8);
    }
}
