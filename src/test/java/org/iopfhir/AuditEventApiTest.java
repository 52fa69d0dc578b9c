// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.access.Role;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Trail;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** AuditEvents are found and read by those who may, say who did it, and stay as they are. */
class AuditEventApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();
    private final Trail trail = new Trail(fhir);

    @Test
    void anEventNamesUserClientRoleAndPurpose() {
        String patient = fhir.store(invented.patient("Wer"));
        FhirClient counselor = fhir.as(who("carla", "ehr-app", "Practitioner/carla", Role.COUNSELOR));

        trail.name(counselor.get(patient)).send().expect(200);

        AuditEvent event = trail.event();
        AuditEvent.AuditEventAgentComponent client = event.getAgent().get(0);
        AuditEvent.AuditEventAgentComponent user = event.getAgent().get(2);
        assertThat(client.getWho().getIdentifier().getValue()).isEqualTo("ehr-app");
        assertThat(client.getRequestor()).isFalse();
        assertThat(client.getNetwork().getAddress()).isEqualTo("127.0.0.1");
        assertThat(user.getWho().getReference()).isEqualTo("Practitioner/carla");
        assertThat(user.getName()).isEqualTo("carla");
        assertThat(user.getRequestor()).isTrue();
        assertThat(user.getRoleFirstRep().getText()).isEqualTo("counselor");
        assertThat(user.getPurposeOfUseFirstRep().getCodingFirstRep().getCode()).isEqualTo("TREAT");
        assertThat(matches("AuditEvent?agent=Practitioner/carla&patient=" + patient))
                .hasSize(1);
        assertThat(matches("AuditEvent?agent:identifier=ehr-app&patient=" + patient))
                .hasSize(1);
        assertThat(matches("AuditEvent?agent=Practitioner/somebody&patient=" + patient))
                .isEmpty();
    }

    @Test
    void aPatientReadsTheEventsAboutHimselfAndOfOthersNothing() {
        String one = fhir.store(invented.patient("Selbst"));
        String two = fhir.store(invented.patient("Fremd"));
        trail.name(fhir.get("Patient?" + invented.tagged())).send().expect(200);
        trail.name(fhir.get(two)).send().expect(200);
        List<AuditEvent> all = trail.events();
        String both = "AuditEvent/" + all.get(0).getIdElement().getIdPart();
        String others = "AuditEvent/" + all.get(1).getIdElement().getIdPart();
        FhirClient self = fhir.as(who("selbst", "app", one, Role.PATIENT));

        Answer found = self.get("AuditEvent?_count=200").send().expect(200);
        assertThat(found.matches()).contains(both).doesNotContain(others);
        assertThat(found.text()).doesNotContain(two);
        AuditEvent mine = self.get(both).send().expect(200).as(AuditEvent.class);
        assertThat(Trail.patients(mine)).containsExactly(one);
        assertThat(Trail.resources(mine)).isEmpty();
        assertThat(Trail.query(mine)).isEmpty();
        self.get(others).send().refusal(404, IssueType.NOTFOUND);
        self.get(others + "/_history").send().refusal(404, IssueType.NOTFOUND);
        assertThat(self.get("AuditEvent?patient=" + two + "&_total=accurate")
                        .send()
                        .bundle()
                        .getTotal())
                .isZero();
        for (String hidden : List.of(two, two.substring("Patient/".length()))) {
            assertThat(self.get("AuditEvent?entity=" + hidden).send().matches()).isEmpty();
        }
        assertThat(self.get("AuditEvent?entity=" + one).send().matches()).contains(both);
        fhir.as(who("carla", "ehr-app", "Practitioner/carla", Role.COUNSELOR))
                .get(both)
                .send()
                .expect(403);
        fhir.as(who("aude", "audit-app", "Practitioner/aude", Role.AUDITOR))
                .get(others)
                .send()
                .expect(200);
    }

    @Test
    void readingTheTrailIsAnAccessItself() {
        String patient = fhir.store(invented.patient("Spur"));
        trail.name(fhir.get(patient)).send().expect(200);
        String event = "AuditEvent/" + trail.event().getIdElement().getIdPart();
        Trail second = new Trail(fhir);

        second.name(fhir.get(event)).send().expect(200);

        assertThat(Trail.summary(second.event())).isEqualTo("read R 0");
        assertThat(Trail.patients(second.event())).containsExactly(patient);
    }

    @Test
    void whatAClientDescribedIsFoundByTheSameSearch() {
        String patient = fhir.store(invented.patient("Beschrieben"));
        String hospital = fhir.store(invented.organization("Klinik"));
        AuditEvent described = described(patient, hospital);

        String id = trail.name(fhir.post("AuditEvent"))
                .body(described)
                .send()
                .expect(201)
                .location();

        assertThat(Trail.summary(trail.event())).isEqualTo("create C 0");
        assertThat(fhir.get(id).send().as(AuditEvent.class).getOutcomeDesc()).isEqualTo("Vom Haus gemeldet");
        for (String search : List.of(
                "",
                "&type=110106",
                "&type=http://dicom.nema.org/resources/ontology/DCM|110106",
                "&subtype=disclose",
                "&agent=" + hospital,
                "&source=" + hospital,
                "&action=R&outcome=0",
                "&date=2026-03-04",
                "&_id=" + id.substring(id.indexOf('/') + 1),
                "&entity=" + patient,
                "&_lastUpdated=gt2026-10-01")) {
            assertThat(matches("AuditEvent?patient=" + patient + search))
                    .as(search)
                    .contains(id);
        }
        for (String search :
                List.of("&type=rest", "&subtype=dis", "&agent=Organization/x", "&date=2025", "&action=D")) {
            assertThat(matches("AuditEvent?patient=" + patient + search))
                    .as(search)
                    .doesNotContain(id);
        }
    }

    @Test
    void whatAClientDescribedInATransactionIsFoundToo() {
        String patient = fhir.store(invented.patient("Gebuendelt"));
        String hospital = fhir.store(invented.organization("Klinik"));
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), described(patient, hospital));

        fhir.process(bundle).expect(200);

        assertThat(matches("AuditEvent?subtype=disclose&patient=" + patient)).hasSize(1);
    }

    @Test
    void nobodyChangesOrDeletesAnEvent() {
        String patient = fhir.store(invented.patient("Fest"));
        String hospital = fhir.store(invented.organization("Klinik"));
        AuditEvent described = described(patient, hospital);
        String stored = fhir.store(described);
        String own = matches("AuditEvent?subtype=create&patient=" + patient).get(0);
        for (String id : List.of(stored, own, "AuditEvent/of-my-own")) {
            described.setId(id);
            fhir.put(id).body(described).send().refusal(405, IssueType.NOTSUPPORTED);
            fhir.patch(id)
                    .body("application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/action\",\"value\":\"D\"}]")
                    .send()
                    .refusal(405, IssueType.NOTSUPPORTED);
            fhir.delete(id).send().refusal(405, IssueType.NOTSUPPORTED);
            for (HTTPVerb verb : List.of(HTTPVerb.PUT, HTTPVerb.PATCH, HTTPVerb.DELETE)) {
                Bundle bundle = Invented.transaction();
                Invented.request(bundle, verb, id).setResource(verb == HTTPVerb.DELETE ? null : described);
                fhir.process(bundle).refusal(405, IssueType.NOTSUPPORTED);
            }
        }
        fhir.delete("AuditEvent?patient=" + patient).send().expect(405);
        fhir.put("AuditEvent?patient=" + patient).body(described).send().expect(405);
        fhir.post("AuditEvent")
                .header("If-None-Exist", "patient=" + patient)
                .body(described)
                .send()
                .expect(400);
        assertThat(fhir.get(stored).send().header("ETag")).isEqualTo("W/\"1\"");
        assertThat(fhir.get(own).send().header("ETag")).isEqualTo("W/\"1\"");
        assertThat(fhir.search(stored + "/_history").getEntry()).hasSize(1);
    }

    @Test
    void aSearchIsPagedNewestFirst() {
        String patient = fhir.store(invented.patient("Seiten"));
        for (int i = 0; i < 6; i++) {
            fhir.get(patient).send().expect(200);
        }
        String search = "AuditEvent?subtype=read&patient=" + patient;

        Bundle first = fhir.search(search + "&_count=4&_total=accurate");
        Bundle second = fhir.search(first.getLink("next").getUrl());

        assertThat(first.getTotal()).isEqualTo(6);
        assertThat(first.getEntry()).hasSize(4);
        assertThat(second.getEntry()).hasSize(2);
        assertThat(second.getLink("next")).isNull();
        assertThat(second.getLink("previous")).isNotNull();
        List<String> ascending = matches(search + "&_sort=date");
        List<String> descending = new java.util.ArrayList<>(matches(search));
        java.util.Collections.reverse(descending);
        assertThat(descending).isEqualTo(ascending).hasSize(6);
        assertThat(fhir.search(search + "&_summary=count").getTotal()).isEqualTo(6);
        assertThat(fhir.search(search + "&_count=0").getTotal()).isEqualTo(6);
        assertThat(matches(patient + "/AuditEvent?subtype=read")).hasSize(6);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "shoe-size=43",
                "patient.family=a",
                "_sort=agent",
                "_total=maybe",
                "_include=AuditEvent:patient",
                "_has:Provenance:target:agent=a",
                "date=tomorrow",
                "date=ne2026-01-01",
                "patient=a/b/c",
                "_count=-1"
            })
    void aSearchThatCannotBeAnsweredIsRefused(String query) {
        Answer answer = fhir.get("AuditEvent?" + query).send();

        assertThat(answer.status()).as(answer.text()).isEqualTo(400);
        Bundle bundle = Invented.transaction();
        Invented.request(bundle, HTTPVerb.GET, "AuditEvent?" + query);
        fhir.process(bundle).expect(400);
    }

    @Test
    void noOtherSearchReachesIntoTheTrail() {
        fhir.get("Patient?_revinclude=AuditEvent:patient").send().expect(400);
        fhir.get("Patient?_has:AuditEvent:patient:action=R").send().expect(400);
    }

    @Test
    void everyKindOfEventIsValid() {
        String patient = fhir.store(invented.patient("Gueltig"));
        FhirClient counselor = fhir.as(who("carla", "ehr-app", "Practitioner/carla", Role.COUNSELOR));
        String id = trail.name(counselor.post("Observation"))
                .body(invented.observation(patient))
                .send()
                .location();
        trail.name(counselor.get(id)).send();
        trail.name(counselor.get("Observation?subject=" + patient)).send();
        trail.name(counselor.get(patient + "/$everything")).send();
        trail.name(counselor.get(id + "/_history")).send();
        trail.name(counselor.delete(id)).send();
        trail.name(fhir.get("Patient/nobody")).send();
        List<AuditEvent> events = trail.events();

        assertThat(events).hasSize(7);
        for (AuditEvent event : events) {
            OperationOutcome outcome =
                    fhir.post("AuditEvent/$validate").body(event).send().as(OperationOutcome.class);
            assertThat(outcome.getIssue())
                    .as(Trail.summary(event))
                    .allMatch(
                            issue -> issue.getSeverity() != IssueSeverity.ERROR
                                    && issue.getSeverity() != IssueSeverity.FATAL,
                            String.valueOf(json(outcome)));
        }
    }

    private static String json(OperationOutcome outcome) {
        return ca.uhn.fhir.context.FhirContext.forR4Cached().newJsonParser().encodeResourceToString(outcome);
    }

    /** Nobody can through FHIR; an operator's tool could. */
    @Test
    void theTrailStillKnowsOfADescribedEventThatIsNoLongerStored() {
        String patient = fhir.store(invented.patient("Weg"));
        String hospital = fhir.store(invented.organization("Klinik"));
        AuditEvent described = described(patient, hospital);
        described.getSubtype().clear();
        String id = fhir.store(described);
        Bundle transaction = Invented.transaction();
        Invented.request(transaction, HTTPVerb.DELETE, id);
        RunningServer.bean(BundleStore.class).store(transaction);

        AuditEvent left = fhir.get(id).send().expect(200).as(AuditEvent.class);

        assertThat(left.getType().getCode()).isEqualTo("110106");
        assertThat(left.getAction()).isEqualTo(AuditEventAction.R);
        assertThat(left.getRecorded()).isEqualTo(described.getRecorded());
        assertThat(left.getEntityFirstRep().getWhat().getReference()).isEqualTo(patient);
        assertThat(left.getAgentFirstRep().getWho().getReference()).isEqualTo(hospital);
        assertThat(matches("AuditEvent?date=2026-03-04&patient=" + patient)).containsExactly(id);
    }

    private List<String> matches(String query) {
        return fhir.get(query).send().expect(200).matches();
    }

    private AuditEvent described(String patient, String hospital) {
        AuditEvent event = new AuditEvent();
        event.setType(new Coding("http://dicom.nema.org/resources/ontology/DCM", "110106", "Export"));
        event.addSubtype(new Coding("http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle", "disclose", null));
        event.setAction(AuditEventAction.R);
        event.setRecordedElement(new InstantType("2026-03-04T10:00:00Z"));
        event.setOutcome(AuditEvent.AuditEventOutcome._0);
        event.setOutcomeDesc("Vom Haus gemeldet");
        event.addAgent().setRequestor(true).setWho(new Reference(hospital));
        event.getSource().setObserver(new Reference(hospital));
        event.addEntity()
                .setWhat(new Reference(patient))
                .setType(new Coding("http://terminology.hl7.org/CodeSystem/audit-entity-type", "1", null));
        return event;
    }

    private static Callers.Who who(String subject, String client, String user, Role role) {
        return Callers.of(
                subject,
                claims -> claims.claim("client_id", client)
                        .claim("fhirUser", user)
                        .claim("scope", "user/*.cruds")
                        .claim("purpose_of_use", "TREAT")
                        .claim("iop_roles", List.of(role.code())));
    }
}
