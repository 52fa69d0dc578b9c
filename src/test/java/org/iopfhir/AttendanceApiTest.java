// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * The rules about hours, as a client meets them that writes one session after another. The plan has 13 hours a week from
 * 31 August 2026; a session of Monday 21 September looks back at the 26 hours of 7 to 20 September.
 */
class AttendanceApiTest {
    private static final FhirClient SERVER = RunningServer.client();
    private static final FhirContext FHIR = FhirContext.forR4Cached();
    private static final String NAME = "attended";
    private static final Set<String> NOT_NEEDED =
            Set.of("AuditEvent", "Bundle", "Composition", "Consent", "DocumentReference", "Provenance");
    private static final String EPISODE = "http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare";
    private static final String PHASE = "https://iop-fhir.org/fhir/StructureDefinition/iop-phase";
    private static final String NEXT = "2026-09-21T18:00:00-06:00";

    private final EpisodeOfCare episode = example(EpisodeOfCare.class, "episode");
    private final CarePlan plan = example(CarePlan.class, "plan");

    @BeforeAll
    static void storeWhatTheyReferTo() {
        Bundle transaction = Invented.transaction();
        for (Resource example : RunningServer.bean(Conformance.class).iop().examples()) {
            if (!NOT_NEEDED.contains(example.fhirType())) {
                Resource own = renamed(example);
                Invented.put(transaction, own.fhirType() + "/" + id(own), own);
            }
        }
        SERVER.process(transaction).expect(200);
    }

    @BeforeEach
    void beginAnEpisodeWithItsPlan() {
        beginIn("America/Denver");
    }

    @Test
    void warnsWhenLessThanThreeQuartersOfThePlannedHoursWereDelivered() {
        for (int day = 14; day < 20; day++) {
            store(session("2026-09-" + day + "T18:00:00-06:00", 3));
        }

        assertThat(saidOf(session(NEXT, 3))).as("18 of 26 hours").contains("attendance");
        store(session("2026-09-20T10:00:00-06:00", 2));
        assertThat(saidOf(session(NEXT, 3))).as("20 of 26 hours").doesNotContain("attendance");
    }

    @Test
    void countsASessionOnTheDayOnWhichItBegins() {
        for (int day = 14; day < 20; day++) {
            store(session("2026-09-" + day + "T18:00:00-06:00", 3));
        }
        store(session("2026-09-06T22:30:00-06:00", 3));
        store(session("2026-09-21T00:00:00-06:00", 3));
        assertThat(saidOf(session(NEXT, 3)))
                .as("one began before the two weeks and one after them")
                .contains("attendance");

        store(session("2026-09-20T22:30:00-06:00", 3));
        assertThat(saidOf(session(NEXT, 3)))
                .as("one that ends after them began within")
                .doesNotContain("attendance");
    }

    @Test
    void countsWeeksInTheTimeZoneOfTheProgram() {
        for (int day = 14; day < 21; day++) {
            store(session("2026-09-" + day + "T09:00:00-06:00", 3));
        }
        // Monday in UTC, and still Sunday in Denver, whose two weeks before are 31 August to 13 September.
        String evening = "2026-09-20T21:00:00-06:00";

        assertThat(saidOf(session(evening, 1))).contains("attendance");
        beginIn(null);
        for (int day = 14; day < 21; day++) {
            store(session("2026-09-" + day + "T09:00:00-06:00", 3));
        }
        assertThat(saidOf(session(evening, 1))).doesNotContain("attendance");
    }

    @Test
    void asksNothingOfAnEpisodeWithoutAnActivePlan() {
        SERVER.put("CarePlan/" + id(plan))
                .body(plan.setStatus(CarePlan.CarePlanStatus.REVOKED))
                .send()
                .expect(200);

        assertThat(saidOf(session(NEXT, 3))).doesNotContain("attendance");
    }

    @Test
    void forgetsASessionThatIsDeleted() {
        List<Encounter> sessions = new ArrayList<>();
        for (int day = 14; day < 21; day++) {
            sessions.add(store(session("2026-09-" + day + "T18:00:00-06:00", 3)));
        }
        assertThat(saidOf(session(NEXT, 3))).doesNotContain("attendance");

        SERVER.delete("Encounter/" + id(sessions.get(0))).send().expect(200);
        assertThat(saidOf(session(NEXT, 3))).contains("attendance");
    }

    @Test
    void countsTheSessionsOfTheSameTransaction() {
        Bundle transaction = Invented.transaction();
        Encounter next = session(NEXT, 3);
        Invented.put(transaction, "Encounter/" + id(next), next);
        for (int day = 14; day < 21; day++) {
            Encounter session = session("2026-09-" + day + "T18:00:00-06:00", 3);
            Invented.put(transaction, "Encounter/" + id(session), session);
        }

        Bundle answer = SERVER.process(transaction).expect(200).bundle();

        assertThat(keys((OperationOutcome)
                        answer.getEntryFirstRep().getResponse().getOutcome()))
                .doesNotContain("attendance");
        assertThat(saidOf(session(NEXT, 3))).doesNotContain("attendance");
    }

    @Test
    void warnsOfAWeekThatWasBilledAsH0015AndHadTooFewFullDays() {
        store(billed("2026-09-14T18:00:00-06:00", 3));
        store(billed("2026-09-15T18:00:00-06:00", 3));
        store(billed("2026-09-16T18:00:00-06:00", 2));

        assertThat(saidOf(billed(NEXT, 3))).contains("hcpcs-h0015-day-week");
        assertThat(saidOf(session(NEXT, 3))).doesNotContain("hcpcs-h0015-day-week");
        store(billed("2026-09-16T20:00:00-06:00", 1));
        assertThat(saidOf(billed(NEXT, 3))).doesNotContain("hcpcs-h0015-day-week");
    }

    @Test
    void looksAtH0015AlsoWhereNothingWasPlanned() {
        SERVER.put("CarePlan/" + id(plan))
                .body(plan.setStatus(CarePlan.CarePlanStatus.REVOKED))
                .send()
                .expect(200);
        store(billed("2026-09-14T18:00:00-06:00", 3));

        assertThat(saidOf(billed(NEXT, 3))).contains("hcpcs-h0015-day-week").doesNotContain("attendance");
    }

    @Test
    void warnsOfAPlanThatMeetsTooSeldom() {
        phase().getExtensionByUrl("daysPerWeek").setValue(new PositiveIntType(2));
        assertThat(saidOf(plan)).contains("teds-iop", "typical-schedule");

        phase().getExtensionByUrl("daysPerWeek").setValue(new PositiveIntType(4));
        assertThat(saidOf(plan)).doesNotContain("teds-iop", "typical-schedule");
        ((Quantity) phase().getExtensionByUrl("plannedHours").getValue()).setValue(7);
        assertThat(saidOf(plan)).contains("teds-iop", "asam-2.1-adult-weekly-hours");
    }

    private void beginIn(@Nullable String zone) {
        Organization program = new Invented().organization("Attended Recovery");
        if (zone != null) {
            program.addExtension("http://hl7.org/fhir/StructureDefinition/timezone", new CodeType(zone));
        }
        episode.setId("EpisodeOfCare/" + NAME + "-" + UUID.randomUUID());
        episode.setManagingOrganization(new Reference(SERVER.store(program)));
        SERVER.put("EpisodeOfCare/" + id(episode)).body(episode).send().expect(201);
        plan.setId("CarePlan/" + NAME + "-" + UUID.randomUUID());
        plan.getExtensionByUrl(EPISODE).setValue(new Reference("EpisodeOfCare/" + id(episode)));
        SERVER.put("CarePlan/" + id(plan)).body(plan).send().expect(201);
    }

    private Extension phase() {
        return plan.getExtensionsByUrl(PHASE).get(0);
    }

    private Encounter session(String start, int hours) {
        OffsetDateTime begin = OffsetDateTime.parse(start);
        Encounter session = example(Encounter.class, "individual-session");
        session.setId("Encounter/" + NAME + "-" + UUID.randomUUID());
        session.getEpisodeOfCareFirstRep().setReference("EpisodeOfCare/" + id(episode));
        session.getPeriod().setStart(Date.from(begin.toInstant()));
        session.getPeriod().setEnd(Date.from(begin.plusHours(hours).toInstant()));
        return session;
    }

    private Encounter billed(String start, int hours) {
        Encounter session = session(start, hours);
        session.addType()
                .addCoding(new Coding("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0015", null));
        return session;
    }

    private static Encounter store(Encounter session) {
        SERVER.put("Encounter/" + id(session)).body(session).send().expect(201);
        return session;
    }

    /** Keys of the rules that {@code $validate} names, which stores nothing. */
    private static List<String> saidOf(Resource resource) {
        return keys(SERVER.post(resource.fhirType() + "/$validate")
                .body(resource)
                .send()
                .expect(200)
                .as(OperationOutcome.class));
    }

    private static List<String> keys(OperationOutcome outcome) {
        return outcome.getIssue().stream()
                .map(issue -> issue.getDetails().getCodingFirstRep().getCode())
                .toList();
    }

    private static <T extends Resource> T example(Class<T> type, String id) {
        return RunningServer.bean(Conformance.class).iop().examples().stream()
                .map(AttendanceApiTest::renamed)
                .filter(example -> type.isInstance(example) && id(example).equals(NAME + "-" + id))
                .map(type::cast)
                .findFirst()
                .orElseThrow();
    }

    private static Resource renamed(Resource example) {
        String json = FHIR.newJsonParser().encodeResourceToString(example);
        return (Resource) FHIR.newJsonParser().parseResource(json.replace("marigold", NAME));
    }

    private static String id(Resource resource) {
        return resource.getIdElement().getIdPart();
    }
}
