// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

class ReadApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void readsWhatWasStoredWithVersionAndTime() {
        String id = fhir.store(invented.patient("Beispiel"));

        Answer answer = fhir.get(id).send().expect(200);

        assertThat(answer.header("ETag")).isEqualTo("W/\"1\"");
        assertThat(answer.header("Last-Modified")).endsWith("GMT");
        assertThat(answer.as(Patient.class).getNameFirstRep().getFamily()).isEqualTo("Beispiel");
    }

    @Test
    void readsAnOldVersion() {
        String id = fhir.store(invented.patient("Alt"));
        Patient changed = invented.patient("Neu");
        changed.setId(id);
        fhir.put(id).body(changed).send().expect(200);

        Answer old = fhir.get(id + "/_history/1").send().expect(200);

        assertThat(old.as(Patient.class).getNameFirstRep().getFamily()).isEqualTo("Alt");
        assertThat(fhir.get(id + "/_history/2")
                        .send()
                        .as(Patient.class)
                        .getNameFirstRep()
                        .getFamily())
                .isEqualTo("Neu");
    }

    @Test
    void answersAnUnknownVersionWithNotFound() {
        String id = fhir.store(invented.patient("Alt"));

        fhir.get(id + "/_history/7").send().refusal(404, IssueType.NOTFOUND);
        fhir.get(id + "/_history/abc").send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void answersAnUnknownIdWithNotFound() {
        fhir.get("Patient/nobody-has-this-id").send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void answersAnUnknownTypeWithNotFound() {
        fhir.get("Foo/1").send().refusal(404, IssueType.NOTFOUND);
        fhir.get("Foo").send().refusal(404, IssueType.NOTFOUND);
        fhir.get("Substance/1").send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void answersWhatWasDeletedWithGone() {
        String id = fhir.store(invented.patient("Weg"));
        fhir.delete(id).send().expect(200);

        fhir.get(id).send().refusal(410, IssueType.DELETED);
        fhir.get(id + "/_history/1").send().expect(200);
        fhir.get(id + "/_history/2").send().refusal(410, IssueType.DELETED);
    }

    @Test
    void sendsNothingAgainWhenTheVersionIsKnown() {
        String id = fhir.store(invented.patient("Beispiel"));

        Answer same = fhir.get(id).header("If-None-Match", "W/\"1\"").send().expect(304);
        assertThat(same.bytes()).isEmpty();
        fhir.get(id).header("If-None-Match", "W/\"9\"").send().expect(200);
    }

    @Test
    void sendsNothingAgainWhenUnchangedSince() {
        String id = fhir.store(invented.patient("Beispiel"));
        String lastModified = fhir.get(id).send().header("Last-Modified");
        String yesterday = ZonedDateTime.now(ZoneOffset.UTC).minusDays(1).format(DateTimeFormatter.RFC_1123_DATE_TIME);

        fhir.get(id).header("If-Modified-Since", lastModified).send().expect(304);
        fhir.get(id).header("If-Modified-Since", yesterday).send().expect(200);
    }

    @Test
    void ignoresAnIfModifiedSinceThatIsNoHttpDate() {
        String id = fhir.store(invented.patient("Beispiel"));

        fhir.get(id).header("If-Modified-Since", "2026-01-01T00:00:00Z").send().expect(200);
        fhir.get(id).header("If-Modified-Since", "yesterday").send().expect(200);
    }

    @Test
    void answersHeadLikeGetWithoutBody() {
        String id = fhir.store(invented.patient("Kopf"));

        Answer head = fhir.head(id).send().expect(200);

        assertThat(head.bytes()).isEmpty();
        assertThat(head.header("ETag")).isEqualTo("W/\"1\"");
        assertThat(head.header("Content-Type")).isEqualTo("application/fhir+json;charset=utf-8");
        fhir.head("Patient/nobody-has-this-id").send().expect(404);
        fhir.head("Patient?" + invented.tagged()).send().expect(200);
        fhir.head("metadata").send().expect(200);
    }

    @Test
    void readsTheMetaAlone() {
        String id = fhir.store(invented.patient("Meta"));

        Answer answer = fhir.get(id + "/$meta").send().expect(200);

        assertThat(answer.text()).contains(invented.tag()).doesNotContain("Testina");
    }
}
