// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.zip.GZIPInputStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** In which form, by which method, and what when there is no such thing. */
class NegotiationApiTest {

    private static final String JSON = "application/fhir+json;charset=utf-8";
    private static final String XML = "application/fhir+xml;charset=utf-8";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String id = "";

    @BeforeEach
    void patient() {
        id = fhir.store(invented.patient("Ümläut"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "*/*",
                "application/fhir+json",
                "application/json",
                "application/fhir+json; fhirVersion=4.0",
                "text/html, application/xhtml+xml, */*;q=0.8",
                "application/fhir+xml;q=0.5, application/fhir+json",
            })
    void writesJson(String accept) {
        Answer answer = fhir.get(id).header("Accept", accept).send().expect(200);

        assertThat(answer.header("Content-Type")).isEqualTo(JSON);
        assertThat(answer.as(Patient.class).getNameFirstRep().getFamily()).isEqualTo("Ümläut");
    }

    @ParameterizedTest
    @ValueSource(strings = {"application/fhir+xml", "application/xml", "text/xml"})
    void writesXml(String accept) {
        Answer answer = fhir.get(id).header("Accept", accept).send().expect(200);

        assertThat(answer.header("Content-Type")).isEqualTo(XML);
        assertThat(answer.as(Patient.class).getNameFirstRep().getFamily()).isEqualTo("Ümläut");
    }

    @ParameterizedTest
    @CsvSource({
        "json, json",
        "application/json, json",
        "application/fhir%2Bjson, json",
        "application/fhir+json, json",
        "xml, xml",
        "text/xml, xml",
        "application/fhir%2Bxml, xml",
    })
    void followsTheFormatParameterBeforeTheHeader(String format, String expected) {
        String other = expected.equals("json") ? "application/fhir+xml" : "application/fhir+json";

        Answer answer = fhir.get(id + "?_format=" + format)
                .header("Accept", other)
                .send()
                .expect(200);

        assertThat(answer.header("Content-Type")).isEqualTo("application/fhir+" + expected + ";charset=utf-8");
    }

    @ParameterizedTest
    @ValueSource(strings = {"image/png", "text/plain", "application/fhir+turtle", "application/fhir+json;q=0"})
    void refusesToWriteAnotherForm(String accept) {
        fhir.get(id).header("Accept", accept).send().expect(406).as(OperationOutcome.class);
        fhir.get("Patient").header("Accept", accept).send().expect(406);
    }

    @Test
    void refusesAnotherFormatParameter() {
        fhir.get(id + "?_format=ttl").send().expect(406);
        fhir.get(id + "?_format=foo").send().expect(406);
    }

    @Test
    void readsXml() {
        Answer answer =
                fhir.post("Patient").xml(invented.patient("Ünicode")).send().expect(201);

        Patient stored = fhir.get(answer.location()).send().as(Patient.class);
        assertThat(stored.getNameFirstRep().getFamily()).isEqualTo("Ünicode");
    }

    @Test
    void answersXmlWithXml() {
        Answer answer = fhir.post("Patient")
                .header("Accept", "application/fhir+xml")
                .xml(invented.patient("Hin"))
                .send()
                .expect(201);

        assertThat(answer.header("Content-Type")).isEqualTo(XML);
        Answer search =
                fhir.get("Patient?_format=xml&" + invented.tagged()).send().expect(200);
        assertThat(search.as(Bundle.class).getEntry()).hasSize(2);
        Answer refused = fhir.get("Patient/nobody-has-this-id")
                .header("Accept", "application/fhir+xml")
                .send()
                .expect(404);
        assertThat(refused.header("Content-Type")).isEqualTo(XML);
    }

    @Test
    void refusesABodyOfAnotherKind() {
        String body = "{\"resourceType\":\"Patient\"}";

        assertThat(fhir.post("Patient").body("text/plain", body).send().status())
                .isIn(400, 415);
        assertThat(fhir.post("Patient").body("image/png", body).send().status()).isIn(400, 415);
    }

    @Test
    void compressesWhenTheClientCan() throws IOException {
        Answer answer =
                fhir.get("metadata").header("Accept-Encoding", "gzip").send().expect(200);

        assertThat(answer.header("Content-Encoding")).isEqualTo("gzip");
        byte[] unpacked = new GZIPInputStream(new ByteArrayInputStream(answer.bytes())).readAllBytes();
        assertThat(new String(unpacked, StandardCharsets.UTF_8))
                .startsWith("{\"resourceType\":\"CapabilityStatement\"");
        assertThat(fhir.get("metadata").send().header("Content-Encoding")).isEmpty();
    }

    @Test
    void refusesMethodsThatAreNotThere() {
        assertThat(fhir.post(id)
                        .body(invented.patient("Nein"))
                        .send()
                        .expect(405)
                        .header("Allow"))
                .contains("GET")
                .contains("PUT");
        fhir.put("metadata").body(invented.patient("Nein")).send().expect(405);
        fhir.delete("metadata").send().expect(405);
        fhir.method("TRACE", id).send().expect(405);
        fhir.put("").body(invented.patient("Nein")).send().expect(405);
        assertThat(fhir.method("PROPFIND", id).send().status()).isIn(405, 501);
    }

    @Test
    void refusesOperationsThatAreNotThere() {
        fhir.get("$nonsense").send().refusal(404, IssueType.NOTFOUND);
        fhir.get("Patient/$nonsense").send().refusal(404, IssueType.NOTFOUND);
        fhir.get(id + "/$nonsense").send().refusal(404, IssueType.NOTFOUND);
        for (String dangerous : new String[] {"$expunge", "$reindex", "$graphql", "$export", "$meta-delete"}) {
            fhir.post(dangerous)
                    .body(FhirClient.JSON, "{\"resourceType\":\"Parameters\"}")
                    .send()
                    .expect(404);
            fhir.post(id + "/" + dangerous)
                    .body(FhirClient.JSON, "{\"resourceType\":\"Parameters\"}")
                    .send()
                    .expect(404);
        }
    }

    static List<String> strangePaths() {
        return List.of(
                "",
                "?",
                "/",
                "Patient/",
                "Patient//",
                "Patient/a/b/c/d/e",
                "Patient/%00",
                "Patient/%2e%2e",
                "Patient/a%2Fb",
                "Patient/<script>",
                "_history",
                "Patient/_search/x",
                "Patient?_query=nonsense",
                "Patient?_getpages=abc",
                "?_getpages=abc",
                "Patient/a?b=c",
                "metadata/x",
                "$",
                "Patient/$",
                "Patient?_filter=name eq x",
                "Patient?_content=x",
                "Patient?_text=x",
                "Patient?_list=x",
                "Patient?_contained=true",
                "Patient?_summary=true&_elements=id",
                "Patient?_elements=",
                "Patient?_elements=a:b",
                "Patient?_sort=",
                "Patient?_sort=-",
                "Patient?_sort=,",
                "Patient?_count=",
                "Patient?_type=Foo",
                "_search?name=x",
                "?name=x",
                "?_type=Patient");
    }

    @ParameterizedTest
    @MethodSource("strangePaths")
    void neverFailsOnAStrangePath(String path) {
        Answer answer = fhir.get(path.replace("<", "%3C").replace(">", "%3E")).send();

        assertThat(answer.status()).as(answer.text()).isLessThan(500);
        assertThat(answer.text()).doesNotContain("HAPI-").doesNotContain("<script>");
    }
}
