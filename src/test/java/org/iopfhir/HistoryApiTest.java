// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class HistoryApiTest {

    private static final int VERSIONS = 5;

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String id = "";

    @BeforeEach
    void versions() {
        id = fhir.store(invented.patient("Version1"));
        for (int version = 2; version <= VERSIONS; version++) {
            Patient patient = invented.patient("Version" + version);
            patient.setId(id);
            fhir.put(id).body(patient).send().expect(200);
        }
    }

    @Test
    void listsVersionsNewestFirst() {
        Bundle history = fhir.get(id + "/_history").send().expect(200).bundle();

        assertThat(history.getType()).isEqualTo(BundleType.HISTORY);
        assertThat(history.getTotal()).isEqualTo(VERSIONS);
        assertThat(versions(history)).containsExactly("5", "4", "3", "2", "1");
        assertThat(history.getEntry().get(0).getRequest().getMethod()).isEqualTo(HTTPVerb.PUT);
        assertThat(history.getEntry().get(4).getRequest().getMethod()).isEqualTo(HTTPVerb.POST);
        assertThat(history.getEntry().get(0).getFullUrl()).isEqualTo(fhir.base() + "/" + id);
    }

    @Test
    void showsADeletion() {
        fhir.delete(id).send().expect(200);

        Bundle history = fhir.get(id + "/_history").send().expect(200).bundle();

        BundleEntryComponent newest = history.getEntryFirstRep();
        assertThat(newest.getRequest().getMethod()).isEqualTo(HTTPVerb.DELETE);
        assertThat(newest.hasResource()).isFalse();
        assertThat(history.getEntry()).hasSize(VERSIONS + 1);
    }

    @Test
    void listsWhatCameSince() {
        Patient third = fhir.get(id + "/_history/3").send().as(Patient.class);
        String since = new InstantType(
                        third.getMeta().getLastUpdated(),
                        ca.uhn.fhir.model.api.TemporalPrecisionEnum.MILLI,
                        java.util.TimeZone.getTimeZone("UTC"))
                .getValueAsString();

        assertThat(versions(fhir.get(id + "/_history?_since=" + since)
                        .send()
                        .expect(200)
                        .bundle()))
                .containsExactly("5", "4", "3");
        assertThat(versions(fhir.get(id + "/_history?_since=2120-01-01T00:00:00Z")
                        .send()
                        .expect(200)
                        .bundle()))
                .isEmpty();
    }

    @Test
    void pagesThroughAllVersionsOnce() {
        List<String> seen = new ArrayList<>();
        Bundle page = fhir.get(id + "/_history?_count=2").send().expect(200).bundle();
        assertThat(page.getEntry()).hasSize(2);
        seen.addAll(versions(page));
        while (page.getLink("next") != null) {
            page = fhir.get(page.getLink("next").getUrl()).send().expect(200).bundle();
            seen.addAll(versions(page));
        }

        assertThat(seen).containsExactly("5", "4", "3", "2", "1");
    }

    @Test
    void listsTheHistoryOfAType() {
        Bundle page = fhir.get("Patient/_history?_count=3").send().expect(200).bundle();

        assertThat(page.getType()).isEqualTo(BundleType.HISTORY);
        assertThat(page.getEntry()).hasSize(3);
        assertThat(page.getLink("next")).isNotNull();
        Bundle next = fhir.get(page.getLink("next").getUrl()).send().expect(200).bundle();
        assertThat(next.getEntry()).isNotEmpty();
        assertThat(next.getEntryFirstRep().getResource().getIdElement().getValue())
                .isNotEqualTo(
                        page.getEntryFirstRep().getResource().getIdElement().getValue());
    }

    @Test
    void answersNonsenseWithARefusal() {
        fhir.get("Patient/nobody-has-this-id/_history").send().refusal(404, IssueType.NOTFOUND);
        fhir.get(id + "/_history?_since=yesterday").send().expect(400);
        fhir.get(id + "/_history?_count=-1").send().expect(400);
        fhir.get(id + "/_history?_count=many").send().expect(400);
        fhir.get(id + "/_history?_offset=-3").send().expect(400);
        fhir.delete(id + "/_history").send().expect(405);
        fhir.post(id + "/_history").send().expect(405);
        fhir.get("Foo/_history").send().expect(404);
    }

    private static List<String> versions(Bundle history) {
        return history.getEntry().stream()
                .map(entry -> entry.getResource().getIdElement().getVersionIdPart())
                .toList();
    }
}
