// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.util.List;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Trail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Every access is one AuditEvent that says what was done to whose record, and how it ended. */
class AuditApiTest {

    private static final String BALP = "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();
    private final Trail trail = new Trail(fhir);

    @ParameterizedTest
    @CsvSource({
        "%s, read",
        "%s/_history/1, vread",
        "%s/_history, history-instance",
    })
    void aReadNamesTheResourceAndItsPatient(String path, String interaction) {
        String patient = fhir.store(invented.patient("Gelesen"));
        String observation = fhir.store(invented.observation(patient));

        trail.name(fhir.get(path.replace("%s", observation))).send().expect(200);

        AuditEvent event = trail.event();
        assertThat(Trail.summary(event)).isEqualTo(interaction + " R 0");
        assertThat(Trail.patients(event)).containsExactly(patient);
        assertThat(Trail.resources(event)).containsExactly(observation + "/_history/1");
        assertThat(Trail.query(event)).isEmpty();
    }

    @Test
    void aReadOfWhatHasNotChangedIsARead() {
        String patient = fhir.store(invented.patient("Unveraendert"));
        String observation = fhir.store(invented.observation(patient));

        trail.name(fhir.get(observation))
                .header("If-None-Match", "W/\"1\"")
                .send()
                .expect(304);

        assertThat(Trail.summary(trail.event())).isEqualTo("read R 0");
        assertThat(Trail.patients(trail.event())).containsExactly(patient);
    }

    @Test
    void aReadOfWhatIsNobodysNamesNoPatient() {
        String organization = fhir.store(invented.organization("Haus"));

        trail.name(fhir.get(organization)).send().expect(200);

        AuditEvent event = trail.event();
        assertThat(event.getMeta().hasProfile(BALP + "Read")).isTrue();
        assertThat(Trail.patients(event)).isEmpty();
        assertThat(Trail.resources(event)).containsExactly(organization + "/_history/1");
    }

    @Test
    void aSearchNamesTheQueryAndEveryPatientThatItShows() {
        String one = fhir.store(invented.patient("Eins"));
        String two = fhir.store(invented.patient("Zwei"));
        fhir.store(invented.observation(one));
        fhir.store(invented.observation(one));
        fhir.store(invented.observation(two));
        String query = "Observation?" + invented.tagged().replace("|", "%7C") + "&_count=5";

        trail.name(fhir.get(query)).send().expect(200);

        AuditEvent event = trail.event();
        assertThat(Trail.summary(event)).isEqualTo("search-type E 0");
        assertThat(Trail.patients(event)).containsExactlyInAnyOrder(one, two);
        assertThat(Trail.resources(event)).hasSize(3);
        assertThat(Trail.query(event)).isEqualTo(query);
        assertThat(event.getMeta().hasProfile(BALP + "Query")).isTrue();
    }

    @Test
    void aSearchByFormNamesItsForm() {
        trail.name(fhir.post("Patient/_search"))
                .body("application/x-www-form-urlencoded", "family=Formblatt&birthdate=ge2026-01-01")
                .send()
                .expect(200);

        assertThat(Trail.query(trail.event()))
                .startsWith("Patient/_search?")
                .contains("family=Formblatt", "birthdate=ge2026-01-01");
    }

    @Test
    void aSearchThatFindsNothingNamesItsQuery() {
        trail.name(fhir.get("Patient?family=Niemand-" + invented.tag())).send().expect(200);

        AuditEvent event = trail.event();
        assertThat(Trail.summary(event)).isEqualTo("search-type E 0");
        assertThat(Trail.patients(event)).isEmpty();
        assertThat(Trail.resources(event)).isEmpty();
        assertThat(Trail.query(event)).isEqualTo("Patient?family=Niemand-" + invented.tag());
    }

    @Test
    void aCountIsASearch() {
        trail.name(fhir.get("Patient?_summary=count&" + invented.tagged()))
                .send()
                .expect(200);

        assertThat(Trail.summary(trail.event())).isEqualTo("search-type E 0");
    }

    @Test
    void aCompartmentSearchIsASearchOfItsType() {
        String patient = fhir.store(invented.patient("Abteil"));
        fhir.store(invented.observation(patient));

        trail.name(fhir.get(patient + "/Observation")).send().expect(200);

        assertThat(Trail.summary(trail.event())).isEqualTo("search-type E 0");
        assertThat(Trail.patients(trail.event())).containsExactly(patient);
        assertThat(Trail.query(trail.event())).isEqualTo(patient + "/Observation");
    }

    @Test
    void theWholeRecordIsOneAccess() {
        String patient = fhir.store(invented.patient("Alles"));
        String observation = fhir.store(invented.observation(patient));

        trail.name(fhir.get(patient + "/$everything")).send().expect(200);

        AuditEvent event = trail.event();
        assertThat(Trail.summary(event)).isEqualTo("operation E 0");
        assertThat(Trail.patients(event)).containsExactly(patient);
        assertThat(Trail.resources(event)).contains(observation + "/_history/1");
        assertThat(Trail.query(event)).isEqualTo(patient + "/$everything");
    }

    @Test
    void anOperationThatShowsNoResourceNamesTheOneItIsAbout() {
        String patient = fhir.store(invented.patient("Meta"));
        String observation = fhir.store(invented.observation(patient));

        trail.name(fhir.get(observation + "/$meta")).send().expect(200);

        assertThat(Trail.summary(trail.event())).isEqualTo("operation E 0");
        assertThat(Trail.patients(trail.event())).containsExactly(patient);
    }

    @Test
    void aHistoryOfATypeNamesEveryPatientThatItShows() {
        String patient = fhir.store(invented.patient("Verlauf"));
        fhir.store(invented.observation(patient));

        trail.name(fhir.get("Observation/_history?_count=1")).send().expect(200);

        assertThat(Trail.summary(trail.event())).isEqualTo("history-type R 0");
        assertThat(Trail.resources(trail.event())).hasSize(1);
    }

    @Test
    void eachWriteIsOneAccess() {
        String patient = fhir.store(invented.patient("Schrieb"));
        Observation observation = invented.observation(patient);

        String id = trail.name(fhir.post("Observation"))
                .body(observation)
                .send()
                .expect(201)
                .location();
        observation.setId(id);
        trail.name(fhir.put(id))
                .body(observation.setIssuedElement(new InstantType("2026-03-04T10:00:00Z")))
                .send()
                .expect(200);
        trail.name(fhir.patch(id))
                .body("application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/language\",\"value\":\"de\"}]")
                .send()
                .expect(200);
        trail.name(fhir.delete(id)).send().expect(200);

        List<AuditEvent> events = trail.events();
        assertThat(events)
                .extracting(Trail::summary)
                .containsExactly("create C 0", "update U 0", "patch U 0", "delete D 0");
        assertThat(events).allSatisfy(event -> assertThat(Trail.patients(event)).containsExactly(patient));
        assertThat(events).extracting(event -> Trail.resources(event).get(0)).allMatch(r -> r.startsWith(id));
        assertThat(events)
                .extracting(event -> event.getMeta().getProfile().get(0).getValue())
                .containsExactly(
                        BALP + "PatientCreate", BALP + "PatientUpdate", BALP + "PatientUpdate", BALP + "PatientDelete");
    }

    @Test
    void aWriteThatChangesNothingIsAnAccessToo() {
        Patient patient = invented.patient("Gleich");
        String id = fhir.store(patient);
        patient.setId(id);

        trail.name(fhir.put(id)).body(patient).send().expect(200);

        assertThat(Trail.summary(trail.event())).isEqualTo("update U 0");
        assertThat(Trail.patients(trail.event())).containsExactly(id);
    }

    @Test
    void aConditionalCreateThatFindsItsMatchIsAnAccessToo() {
        String id = fhir.store(invented.patient("Schon"));

        trail.name(fhir.post("Patient"))
                .header("If-None-Exist", "identifier=" + invented.token("Schon").replace("|", "%7C"))
                .body(invented.patient("Schon"))
                .send()
                .expect(200);

        assertThat(Trail.summary(trail.event())).isEqualTo("create C 0");
        assertThat(Trail.patients(trail.event())).containsExactly(id);
    }

    @ParameterizedTest
    @CsvSource({
        "GET, Patient/nobody-has-this-id, 404, read R 4",
        "GET, Patient?shoe-size=43, 400, search-type E 4",
        "GET, Foo/1, 404, read R 4",
        "GET, Patient/nobody/$nothing, 404, operation E 4",
        "DELETE, Patient/nobody-has-this-id, 200, delete D 0",
        "POST, Patient/some-id, 405, create C 4"
    })
    void aRefusalIsWrittenDownToo(String verb, String path, int status, String summary) {
        FhirClient.Call call = fhir.method(verb, path);
        if (verb.equals("POST")) {
            call.body(invented.patient("Abgelehnt"));
        }

        trail.name(call).send().expect(status);

        assertThat(Trail.summary(trail.event())).isEqualTo(summary);
    }

    @Test
    void aWriteThatBreaksARuleIsWrittenDownAsRefused() {
        String patient = fhir.store(invented.patient("Regel"));

        trail.name(fhir.post("Observation"))
                .body(
                        FhirClient.JSON,
                        "{\"resourceType\":\"Observation\",\"subject\":{\"reference\":\"" + patient + "\"}}")
                .send()
                .expect(422);

        AuditEvent event = trail.event();
        assertThat(Trail.summary(event)).isEqualTo("create C 4");
        assertThat(event.getOutcomeDesc()).isEqualTo("HTTP 422");
        assertThat(event.getMeta().getProfile()).isEmpty();
    }

    @Test
    void aRefusedChangeNamesThePatientWhoseRecordItWasMeantFor() {
        String patient = fhir.store(invented.patient("Ziel"));
        Observation observation = invented.observation(patient);
        String id = fhir.store(observation);
        observation.setId(id);

        trail.name(fhir.put(id))
                .header("If-Match", "W/\"7\"")
                .body(observation)
                .send()
                .expect(412);

        assertThat(Trail.patients(trail.event())).containsExactly(patient);
        assertThat(Trail.resources(trail.event())).containsExactly(id);
    }

    @ParameterizedTest
    @ValueSource(strings = {"text/plain", "application/pdf"})
    void whatAFilterRefusesIsWrittenDown(String contentType) {
        trail.name(fhir.post("Patient")).body(contentType, "nothing").send().expect(415);

        assertThat(Trail.summary(trail.event())).isEqualTo("create C 4");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"metadata", "ValueSet/iop-phase/$expand", "StructureDefinition", "StructureDefinition/nope"})
    void whatEverybodyMayReadIsNoAccess(String path) {
        trail.name(fhir.get(path)).send();

        assertThat(trail.events()).isEmpty();
    }

    @Test
    void eachEntryOfATransactionIsOneAccess() {
        String patient = fhir.store(invented.patient("Vorgang"));
        String deleted = fhir.store(invented.observation(patient));
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.observation(patient));
        Invented.request(bundle, HTTPVerb.DELETE, deleted);
        Invented.request(bundle, HTTPVerb.GET, patient);
        Invented.request(bundle, HTTPVerb.GET, "Observation?subject=" + patient);

        trail.name(fhir.post("")).body(bundle).send().expect(200);

        List<AuditEvent> events = trail.events();
        assertThat(events)
                .extracting(Trail::summary)
                .containsExactlyInAnyOrder("create C 0", "delete D 0", "read R 0", "search-type E 0");
        assertThat(events).allSatisfy(event -> assertThat(Trail.patients(event)).containsExactly(patient));
    }

    @Test
    void aTransactionThatFailsIsOneRefusal() {
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Erst"));
        Invented.post(bundle, Invented.placeholder(), invented.observation("Patient/nobody-has-this-id"));

        trail.name(fhir.post("")).body(bundle).send().expect(400);

        assertThat(Trail.summary(trail.event())).isEqualTo("transaction E 4");
    }

    @Test
    void eachEntryOfABatchIsOneAccess() {
        Patient same = invented.patient("Stapel");
        String patient = fhir.store(same);
        same.setId(patient);
        Bundle bundle = Invented.batch();
        Invented.post(bundle, Invented.placeholder(), invented.observation(patient));
        Invented.post(bundle, Invented.placeholder(), invented.observation("Patient/nobody-has-this-id"));
        Invented.request(bundle, HTTPVerb.GET, "Patient/nobody-has-this-id");
        Invented.request(bundle, HTTPVerb.GET, patient);
        Invented.request(bundle, HTTPVerb.GET, "metadata");
        Invented.put(bundle, patient, same);
        Invented.request(bundle, HTTPVerb.DELETE, "AuditEvent/x");

        trail.name(fhir.post("")).body(bundle).send().expect(200);

        assertThat(trail.events())
                .extracting(Trail::summary)
                .containsExactlyInAnyOrder(
                        "create C 0", "create C 4", "read R 4", "read R 0", "update U 0", "delete D 4");
    }

    @Test
    void anEventIsReadAndFoundLikeAnyResource() {
        String patient = fhir.store(invented.patient("Spur"));
        trail.name(fhir.get(patient)).send().expect(200);
        AuditEvent event = trail.event();
        String id = "AuditEvent/" + event.getIdElement().getIdPart();

        assertThat(json(fhir.get(id).send().expect(200).resource())).isEqualTo(json(event));
        assertThat(fhir.get(id).send().header("ETag")).isEqualTo("W/\"1\"");
        fhir.get(id + "/_history/1").send().expect(200);
        fhir.get(id + "/_history/2").send().expect(404);
        assertThat(fhir.search(id + "/_history").getEntry()).hasSize(1);
        assertThat(fhir.get("AuditEvent?_id=" + event.getIdElement().getIdPart())
                        .send()
                        .matches())
                .containsExactly(id);
        Answer mine = fhir.get("AuditEvent?patient=" + patient + "&subtype=read&action=R&outcome=0")
                .send();
        assertThat(mine.expect(200).matches()).contains(id);
    }

    private static String json(Resource resource) {
        return FhirContext.forR4Cached().newJsonParser().encodeResourceToString(resource);
    }
}
