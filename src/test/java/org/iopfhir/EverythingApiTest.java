// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Task;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two patients of one group session: the record of one must hold nothing of the other. */
class EverythingApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String clinic = "";
    private String counselor = "";
    private String session = "";
    private final List<String> ofOne = new ArrayList<>();
    private final List<String> ofPeer = new ArrayList<>();

    @BeforeEach
    void groupSession() {
        clinic = fhir.store(invented.organization("Klinik Phantasia"));
        counselor = fhir.store(invented.practitioner("Beraterin"));
        session = fhir.store(session());
        String one = patient("Eine", ofOne);
        String peer = patient("Gefaehrte", ofPeer);
        Group roster = invented.tagged(new Group());
        roster.setType(Group.GroupType.PERSON).setActual(true);
        roster.addMember().setEntity(new Reference(one));
        roster.addMember().setEntity(new Reference(peer));
        fhir.store(roster);
    }

    @Test
    void holdsTheCompartmentAndWhatItNames() {
        assertThat(everything("")).containsExactlyInAnyOrderElementsOf(whole());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "?_count=2",
                "?_count=500",
                "?_type=Patient,Encounter,Appointment,Observation,Group",
                "?_type=Encounter",
                "?_since=2020-01-01T00:00:00Z",
                "?_offset=0&_count=100",
                "?_elements=id",
                "?_summary=true",
            })
    void holdsNothingOfAPeerWhateverIsAsked(String query) {
        String url = ofOne.get(0) + "/$everything" + query;
        while (url != null) {
            Answer answer = fhir.get(url).send().expect(200);
            for (String foreign : ofPeer) {
                assertThat(answer.text()).doesNotContain(foreign.substring(foreign.indexOf('/') + 1));
            }
            assertThat(answer.text()).doesNotContain("Gefaehrte");
            Bundle.BundleLinkComponent next = answer.bundle().getLink("next");
            url = next == null ? null : next.getUrl();
        }
    }

    @Test
    void pagesCoveringEverythingOnce() {
        List<String> seen = new ArrayList<>();
        Bundle page = fhir.search(ofOne.get(0) + "/$everything?_count=3");
        assertThat(page.getEntry()).hasSize(3);
        assertThat(page.getLink("self").getUrl()).contains("_count=3");
        seen.addAll(Answer.matches(page));
        while (page.getLink("next") != null) {
            page = fhir.search(page.getLink("next").getUrl());
            assertThat(page.getEntry()).isNotEmpty();
            seen.addAll(Answer.matches(page));
        }

        assertThat(seen).doesNotHaveDuplicates().containsExactlyInAnyOrderElementsOf(whole());
        assertThat(page.getLink("previous")).isNotNull();
    }

    @Test
    void holdsTheTasksForHimAndWhereHisRecordsCameFrom() {
        Task task = invented.tagged(new Task());
        task.setStatus(Task.TaskStatus.REQUESTED).setIntent(Task.TaskIntent.ORDER);
        task.setFor(new Reference(ofOne.get(0)));
        String ofTask = fhir.store(task);
        String ofOrigin = fhir.store(origin(ofOne.get(1)));

        assertThat(everything("?_type=Task")).containsExactly(ofTask);
        assertThat(everything("?_type=Provenance")).containsExactly(ofOrigin);
    }

    /** Who wrote the records of both would tell of the peer. */
    @Test
    void leavesOutTheOriginOfWhatBelongsToAPeerToo() {
        fhir.store(origin(ofOne.get(1), ofPeer.get(1)));
        fhir.store(origin(ofPeer.get(1)));

        assertThat(everything("?_type=Provenance")).isEmpty();
    }

    private Provenance origin(String... targets) {
        Provenance origin = invented.tagged(new Provenance());
        List.of(targets).forEach(target -> origin.addTarget(new Reference(target)));
        origin.setRecordedElement(new InstantType("2026-02-09T18:05:00-07:00"));
        origin.addAgent().setWho(new Reference(counselor));
        return origin;
    }

    @Test
    void narrowsByType() {
        assertThat(everything("?_type=Practitioner")).containsExactly(counselor);
        assertThat(everything("?_type=Patient,Organization")).containsExactlyInAnyOrder(ofOne.get(0), clinic);
    }

    @Test
    void narrowsByTheTimeOfChange() {
        Observation newest = fhir.get(ofOne.get(3)).send().as(Observation.class);
        Observation changed = invented.observation(ofOne.get(0), "7", "mg");
        changed.setId(ofOne.get(3));
        Observation after =
                fhir.put(ofOne.get(3)).body(changed).send().expect(200).as(Observation.class);
        assertThat(newest.getMeta().getLastUpdated()).isBefore(after.getMeta().getLastUpdated());
        String since = new InstantType(
                        after.getMeta().getLastUpdated(),
                        ca.uhn.fhir.model.api.TemporalPrecisionEnum.MILLI,
                        java.util.TimeZone.getTimeZone("UTC"))
                .getValueAsString();

        assertThat(everything("?_since=" + since)).containsExactly(ofOne.get(3));
        assertThat(everything("?_since=2120-01-01T00:00:00Z")).isEmpty();
    }

    @Test
    void isAskedByPostToo() {
        Parameters parameters = new Parameters();
        parameters.addParameter("_count", new IntegerType(2));

        Bundle page = fhir.post(ofOne.get(0) + "/$everything")
                .body(parameters)
                .send()
                .expect(200)
                .bundle();

        assertThat(page.getEntry()).hasSize(2);
        assertThat(page.getLink("next").getUrl()).contains("_offset=2");
    }

    @Test
    void leavesOutWhatIsDeleted() {
        fhir.delete(ofOne.get(3)).send().expect(200);

        assertThat(everything("")).doesNotContain(ofOne.get(3)).contains(ofOne.get(0));
    }

    @Test
    void answersNonsenseWithARefusal() {
        fhir.get("Patient/nobody-has-this-id/$everything").send().refusal(404, IssueType.NOTFOUND);
        fhir.get(ofOne.get(0) + "/$everything?_type=Foo").send().refusal(400, IssueType.INVALID);
        fhir.get(ofOne.get(0) + "/$everything?_count=-1").send().expect(400);
        fhir.get(ofOne.get(0) + "/$everything?_count=many").send().expect(400);
        fhir.get(ofOne.get(0) + "/$everything?_since=yesterday").send().expect(400);
        fhir.get(ofOne.get(0) + "/$everything?start=2020-01-01").send().refusal(400, IssueType.INVALID);
        String gone = fhir.store(invented.patient("Weg"));
        fhir.delete(gone).send().expect(200);
        fhir.get(gone + "/$everything").send().refusal(410, IssueType.DELETED);
    }

    /** Patient, his encounter in the session, his appointment, a value. */
    private String patient(String family, List<String> record) {
        Patient patient = invented.patient(family);
        patient.setManagingOrganization(new Reference(clinic));
        String id = fhir.store(patient);
        record.add(id);
        Encounter attended = invented.encounter(id);
        attended.setPartOf(new Reference(session));
        record.add(fhir.store(attended));
        Appointment appointment = invented.appointment(id);
        appointment
                .addParticipant()
                .setActor(new Reference(counselor))
                .setStatus(Appointment.ParticipationStatus.ACCEPTED);
        record.add(fhir.store(appointment));
        record.add(fhir.store(invented.observation(id, "5", "mg")));
        return id;
    }

    private Encounter session() {
        Encounter encounter = invented.tagged(new Encounter());
        encounter.setStatus(Encounter.EncounterStatus.FINISHED);
        encounter.setClass_(new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "AMB", "ambulatory"));
        encounter.addType().setText("Group therapy");
        encounter.addParticipant().setIndividual(new Reference(counselor));
        encounter.setServiceProvider(new Reference(clinic));
        return encounter;
    }

    private List<String> whole() {
        List<String> whole = new ArrayList<>(ofOne);
        whole.addAll(List.of(session, counselor, clinic));
        return whole;
    }

    private List<String> everything(String query) {
        return Answer.matches(fhir.search(ofOne.get(0) + "/$everything" + query));
    }
}
