// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void createsUnderAnIdOfItsOwn() {
        Patient patient = invented.patient("Neu");
        patient.setId("chosen-by-the-client");

        Answer answer = fhir.post("Patient").body(patient).send().expect(201);

        assertThat(answer.header("Location"))
                .matches(java.util.regex.Pattern.quote(fhir.base()) + "/Patient/[0-9a-f-]{36}/_history/1");
        assertThat(answer.header("ETag")).isEqualTo("W/\"1\"");
        assertThat(answer.header("Last-Modified")).isNotEmpty();
        assertThat(answer.as(Patient.class).getIdPart()).isNotEqualTo("chosen-by-the-client");
    }

    @Test
    void updatesAndCountsVersions() {
        String id = fhir.store(invented.patient("Eins"));
        Patient changed = invented.patient("Zwei");
        changed.setId(id);

        Answer answer = fhir.put(id).body(changed).send().expect(200);

        assertThat(answer.header("ETag")).isEqualTo("W/\"2\"");
        assertThat(answer.as(Patient.class).getMeta().getVersionId()).isEqualTo("2");
    }

    @Test
    void createsByUpdateUnderTheIdOfTheClient() {
        Patient patient = invented.patient("Eigen");
        String id = "Patient/ehr-" + invented.tag();
        patient.setId(id);

        Answer answer = fhir.put(id).body(patient).send().expect(201);

        assertThat(answer.header("Location")).isEqualTo(fhir.base() + "/" + id + "/_history/1");
        fhir.get(id).send().expect(200);
    }

    @Test
    void refusesAnUpdateThatNamesTwoIds() {
        Patient patient = invented.patient("Zwiespalt");
        patient.setId("one");

        fhir.put("Patient/two").body(patient).send().expect(400);
        patient.setId((String) null);
        fhir.put("Patient/two-" + invented.tag()).body(patient).send().expect(400);
    }

    @Test
    void refusesAPurelyNumericIdOfTheClient() {
        Patient patient = invented.patient("Zahl");
        patient.setId("12345");

        fhir.put("Patient/12345").body(patient).send().expect(400);
    }

    @Test
    void refusesAResourceOfAnotherType() {
        fhir.post("Observation").body(invented.patient("Falsch")).send().expect(400);
        Patient patient = invented.patient("Falsch");
        patient.setId("a-" + invented.tag());
        fhir.put("Observation/a-" + invented.tag()).body(patient).send().expect(400);
    }

    @Test
    void takesTheIdFromTheUrlAndNotFromContentLocation() {
        String victim = fhir.store(invented.patient("Unberuehrt"));
        String id = "Patient/ehr-" + invented.tag();
        Patient patient = invented.patient("Anders");
        patient.setId(id);

        fhir.put(id).header("Content-Location", victim).body(patient).send().expect(201);

        assertThat(fhir.get(victim).send().as(Patient.class).getNameFirstRep().getFamily())
                .isEqualTo("Unberuehrt");
    }

    @Test
    void refusesAStaleUpdate() {
        String id = fhir.store(invented.patient("Eins"));
        Patient changed = invented.patient("Zwei");
        changed.setId(id);
        fhir.put(id).header("If-Match", "W/\"1\"").body(changed).send().expect(200);

        changed.getNameFirstRep().setFamily("Drei");
        fhir.put(id).header("If-Match", "W/\"1\"").body(changed).send().refusal(412, IssueType.CONFLICT);
        fhir.put(id).header("If-Match", "W/\"99\"").body(changed).send().refusal(412, IssueType.CONFLICT);
        fhir.put(id).header("If-Match", "W/\"abc\"").body(changed).send().refusal(412, IssueType.CONFLICT);
        fhir.put(id).header("If-Match", "*").body(changed).send().expect(200);

        assertThat(fhir.get(id).send().header("ETag")).isEqualTo("W/\"3\"");
    }

    @Test
    void keepsTheVersionWhenNothingChanges() {
        String id = fhir.store(invented.patient("Gleich"));
        Patient same = invented.patient("Gleich");
        same.setId(id);

        fhir.put(id).body(same).send().expect(200);

        assertThat(fhir.get(id).send().header("ETag")).isEqualTo("W/\"1\"");
    }

    @Test
    void deletesAndMayCreateAgain() {
        Patient patient = invented.patient("Wieder");
        String id = "Patient/ehr-" + invented.tag();
        patient.setId(id);
        fhir.put(id).body(patient).send().expect(201);

        fhir.delete(id).send().expect(200);
        fhir.get(id).send().expect(410);
        fhir.delete(id).send().expect(200);
        fhir.put(id).body(patient).send().expect(201);

        assertThat(fhir.get(id).send().expect(200).header("ETag")).isEqualTo("W/\"3\"");
    }

    @Test
    void deletesOnlyTheVersionThatTheClientKnows() {
        String id = fhir.store(invented.patient("Eins"));
        Patient changed = invented.patient("Zwei");
        changed.setId(id);
        fhir.put(id).body(changed).send().expect(200);

        fhir.delete(id).header("If-Match", "W/\"1\"").send().refusal(412, IssueType.CONFLICT);
        fhir.get(id).send().expect(200);
        fhir.delete(id).header("If-Match", "W/\"2\"").send().expect(200);

        fhir.delete("Patient/never-" + invented.tag())
                .header("If-Match", "W/\"1\"")
                .send()
                .expect(412);
    }

    @Test
    void refusesToDeleteWhatIsReferredTo() {
        String patient = fhir.store(invented.patient("Gebraucht"));
        fhir.store(invented.observation(patient));

        fhir.delete(patient).send().expect(409).as(OperationOutcome.class);
    }

    @Test
    void refusesAReferenceToNothing() {
        fhir.post("Observation")
                .body(invented.observation("Patient/nobody-has-this-id"))
                .send()
                .expect(400);
    }

    @Test
    void storesAReferenceToItselfAsRelative() {
        String patient = fhir.store(invented.patient("Relativ"));

        String id = fhir.store(invented.observation(fhir.base() + "/" + patient));

        assertThat(fhir.get(id).send().as(Observation.class).getSubject().getReference())
                .isEqualTo(patient);
        assertThat(fhir.get("Observation?subject=" + fhir.base() + "/" + patient)
                        .send()
                        .matches())
                .containsExactly(id);
    }

    @Test
    void keepsTheVersionInAReference() {
        String patient = fhir.store(invented.patient("Version"));
        Observation observation = invented.observation(patient);
        observation.setSubject(new Reference(patient + "/_history/1"));

        String id = fhir.store(observation);

        assertThat(fhir.get(id).send().as(Observation.class).getSubject().getReference())
                .isEqualTo(patient + "/_history/1");
        assertThat(fhir.get("Observation?subject=" + patient).send().matches()).containsExactly(id);
    }

    @Test
    void answersAsTheClientPrefers() {
        Answer minimal = fhir.post("Patient")
                .header("Prefer", "return=minimal")
                .body(invented.patient("Kurz"))
                .send()
                .expect(201);
        Answer whole = fhir.post("Patient")
                .header("Prefer", "return=representation")
                .body(invented.patient("Lang"))
                .send()
                .expect(201);
        Answer outcome = fhir.post("Patient")
                .header("Prefer", "return=OperationOutcome")
                .body(invented.patient("Ergebnis"))
                .send()
                .expect(201);

        assertThat(minimal.bytes()).isEmpty();
        assertThat(minimal.header("Location")).isNotEmpty();
        assertThat(whole.as(Patient.class).getNameFirstRep().getFamily()).isEqualTo("Lang");
        assertThat(outcome.as(OperationOutcome.class).getIssueFirstRep().getSeverity())
                .isEqualTo(OperationOutcome.IssueSeverity.INFORMATION);
        assertThat(outcome.text()).doesNotContain("HAPI");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"", " ", "{", "[]", "null", "{\"resourceType\":\"Foo\"}", "{\"resourceType\":12}", "<a/>", "{}"})
    void refusesWhatIsNoResource(String body) {
        fhir.post("Patient").body(FhirClient.JSON, body).send().expect(400).as(OperationOutcome.class);
        fhir.put("Patient/x").body(FhirClient.JSON, body).send().expect(400).as(OperationOutcome.class);
        fhir.post("").body(FhirClient.JSON, body).send().expect(400).as(OperationOutcome.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "<", "<Patient/>", "<Patient xmlns=\"http://hl7.org/fhir\"><id/></Foo>", "{}"})
    void refusesWhatIsNoXmlResource(String body) {
        fhir.post("Observation").body(FhirClient.XML, body).send().expect(400);
    }
}
