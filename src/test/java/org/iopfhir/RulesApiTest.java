// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.EpisodeOfCare.EpisodeOfCareStatus;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Goal;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.OperationOutcomeIssueComponent;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The rules that look beyond one resource, as a client meets them. */
class RulesApiTest {
    private static final FhirClient SERVER = RunningServer.client();
    private static final FhirContext FHIR = FhirContext.forR4Cached();
    private static final String NAME = "rulebound";
    private static final Set<String> NOT_NEEDED =
            Set.of("AuditEvent", "Bundle", "Composition", "Consent", "DocumentReference", "Provenance");
    private static final String PHASE = "https://iop-fhir.org/fhir/StructureDefinition/iop-phase";

    /** The whole of one invented course of treatment, under another name than that of the examples. */
    @BeforeAll
    static void storeACourse() {
        Bundle transaction = Invented.transaction();
        for (Resource example : RunningServer.bean(Conformance.class).iop().examples()) {
            Resource own = renamed(example);
            Invented.put(transaction, own.fhirType() + "/" + own.getIdElement().getIdPart(), own);
        }
        // They refer to recipients who are in no example, and no rule here looks at them.
        transaction
                .getEntry()
                .removeIf(entry -> NOT_NEEDED.contains(entry.getResource().fhirType()));
        SERVER.process(transaction).expect(200);
    }

    @Test
    void refusesPhasesThatOverlap() {
        CarePlan plan = plan();
        List<Extension> phases = plan.getExtensionsByUrl(PHASE);
        Period second = (Period) phases.get(1).getExtensionByUrl("period").getValue();
        second.getStartElement().setValueAsString("2026-10-04");

        refused(SERVER.put("CarePlan/" + id(plan)).body(plan).send(), "iop-plan-phases-in-order");
    }

    @Test
    void refusesAnActivePlanWithAGoalThatWasGivenUp() {
        Goal goal = example(Goal.class, NAME + "-abstinence");
        goal.setId("Goal/given-up");
        goal.setLifecycleStatus(Goal.GoalLifecycleStatus.CANCELLED);
        SERVER.put("Goal/given-up").body(goal).send().expect(201);
        CarePlan plan = plan();
        plan.addGoal(new Reference("Goal/given-up"));

        refused(SERVER.put("CarePlan/" + id(plan)).body(plan).send(), "iop-plan-goals-open");
        plan.setStatus(CarePlan.CarePlanStatus.REVOKED);
        plan.setId("CarePlan/with-goal-given-up");
        SERVER.put("CarePlan/with-goal-given-up").body(plan).send().expect(201);
    }

    @Test
    void refusesToFinishAnEpisodeWhosePlanIsActiveAndAPlanOfAFinishedOne() {
        EpisodeOfCare episode = course("ends");
        CarePlan plan = planOf(episode);
        SERVER.put("CarePlan/" + id(plan)).body(plan).send().expect(201);
        EpisodeOfCare finished = finished(episode);

        refused(SERVER.put("EpisodeOfCare/ends").body(finished).send(), "iop-episode-plans-ended");
        assertThat(SERVER.get("EpisodeOfCare/ends")
                        .send()
                        .as(EpisodeOfCare.class)
                        .getStatus())
                .isEqualTo(EpisodeOfCareStatus.ACTIVE);

        plan.setStatus(CarePlan.CarePlanStatus.COMPLETED);
        SERVER.put("CarePlan/" + id(plan)).body(plan).send().expect(200);
        SERVER.put("EpisodeOfCare/ends").body(finished).send().expect(200);
        plan.setStatus(CarePlan.CarePlanStatus.ACTIVE);
        refused(SERVER.put("CarePlan/" + id(plan)).body(plan).send(), "iop-plan-episode-open");
    }

    @Test
    void endsEpisodeAndPlanInOneTransactionInAnyOrder() {
        for (boolean planFirst : new boolean[] {true, false}) {
            EpisodeOfCare episode = course("together-" + planFirst);
            CarePlan plan = planOf(episode);
            SERVER.put("CarePlan/" + id(plan)).body(plan).send().expect(201);
            plan.setStatus(CarePlan.CarePlanStatus.COMPLETED);
            EpisodeOfCare finished = finished(episode);
            Bundle transaction = Invented.transaction();
            for (Resource each : planFirst ? List.of(plan, finished) : List.of(finished, plan)) {
                Invented.put(transaction, each.fhirType() + "/" + id(each), each);
            }

            SERVER.process(transaction).expect(200);
        }
    }

    @Test
    void undoesTheWholeTransactionForOneRule() {
        EpisodeOfCare episode = course("undone");
        CarePlan plan = planOf(episode);
        plan.setId("CarePlan/undone-plan");
        Bundle transaction = Invented.transaction();
        Invented.put(transaction, "EpisodeOfCare/undone", finished(episode));
        Invented.put(transaction, "CarePlan/undone-plan", plan);

        Answer answer = SERVER.process(transaction).expect(422);

        assertThat(keys(answer.as(OperationOutcome.class)))
                .containsAnyOf("iop-episode-plans-ended", "iop-plan-episode-open");
        SERVER.get("CarePlan/undone-plan").send().expect(404);
        assertThat(SERVER.get("EpisodeOfCare/undone")
                        .send()
                        .as(EpisodeOfCare.class)
                        .getStatus())
                .isEqualTo(EpisodeOfCareStatus.ACTIVE);
    }

    @Test
    void seesWhatTheSameTransactionCreatesUnderPlaceholders() {
        Goal goal = example(Goal.class, NAME + "-abstinence");
        goal.setId((String) null);
        goal.setLifecycleStatus(Goal.GoalLifecycleStatus.REJECTED);
        CarePlan plan = plan();
        plan.setId((String) null);
        String placeholder = Invented.placeholder();
        plan.addGoal(new Reference(placeholder));
        Bundle transaction = Invented.transaction();
        Invented.post(transaction, Invented.placeholder(), plan);
        Invented.post(transaction, placeholder, goal);

        refused(SERVER.process(transaction), "iop-plan-goals-open");
    }

    @Test
    void refusesASessionFarFromItsAppointment() {
        Encounter session = example(Encounter.class, NAME + "-in-evening-group");
        Appointment appointment = SERVER.get(session.getAppointmentFirstRep().getReference())
                .send()
                .expect(200)
                .as(Appointment.class);
        assertThat(appointment.hasStart()).isTrue();
        session.getPeriod()
                .setStart(java.util.Date.from(appointment.getStart().toInstant().minusSeconds(61 * 60)));

        refused(SERVER.put("Encounter/" + id(session)).body(session).send(), "iop-session-within-appointment");
        session.getPeriod()
                .setStart(java.util.Date.from(appointment.getStart().toInstant().minusSeconds(60 * 60)));
        SERVER.put("Encounter/" + id(session)).body(session).send().expect(200);
    }

    @Test
    void refusesAScoreThatItsAnswersDoNotMake() {
        Observation score = example(Observation.class, NAME + "-phq-9");
        int right = ((IntegerType) score.getValue()).getValue();
        score.setValue(new IntegerType(right + 1));

        refused(SERVER.put("Observation/" + id(score)).body(score).send(), "iop-score-of-response");
        score.getMeta().getProfile().clear();
        refused(SERVER.put("Observation/" + id(score)).body(score).send(), "iop-score-of-response");
        score.setValue(new Quantity(right));
        SERVER.put("Observation/" + id(score)).body(score).send().expect(200);
    }

    @Test
    void refusesAnswersThatMakeAnotherScoreThanTheOneThatStands() {
        QuestionnaireResponse answers = example(QuestionnaireResponse.class, NAME + "-phq-9-answers");
        Coding first =
                answers.getItemFirstRep().getItemFirstRep().getAnswerFirstRep().getValueCoding();
        first.setCode(first.getCode().equals("LA6568-5") ? "LA6571-9" : "LA6568-5")
                .setDisplay(null);

        refused(SERVER.put("QuestionnaireResponse/" + id(answers)).body(answers).send(), "iop-score-of-response");
    }

    @Test
    void namesTheRequiredAnswerThatIsMissing() {
        QuestionnaireResponse answers = example(QuestionnaireResponse.class, NAME + "-phq-9-answers");
        answers.setId("QuestionnaireResponse/incomplete");
        answers.getItemFirstRep().getItem().remove(8);

        refused(SERVER.put("QuestionnaireResponse/incomplete").body(answers).send(), "questionnaire-required");
    }

    @Test
    void warnsOfHoursOnWriteWhenTheClientPrefersAnOutcome() {
        CarePlan plan = plan();
        hours(plan, 0, 25);

        OperationOutcome outcome = SERVER.put("CarePlan/" + id(plan))
                .header("Prefer", "return=OperationOutcome")
                .body(plan)
                .send()
                .expect(200)
                .as(OperationOutcome.class);

        assertThat(keys(outcome)).contains("asam-2.1-adult-weekly-hours", "asam-2.1-upper");
        assertThat(SERVER.put("CarePlan/" + id(plan))
                        .body(plan)
                        .send()
                        .expect(200)
                        .as(CarePlan.class)
                        .getId())
                .contains(id(plan));
    }

    @Test
    void warnsOfHoursInTheOutcomeOfEachEntry() {
        CarePlan plan = plan();
        plan.setId((String) null);
        hours(plan, 0, 25);
        for (Bundle bundle : List.of(Invented.transaction(), Invented.batch())) {
            Invented.post(bundle, Invented.placeholder(), plan);

            BundleEntryComponent entry =
                    SERVER.process(bundle).expect(200).bundle().getEntryFirstRep();

            assertThat(keys((OperationOutcome) entry.getResponse().getOutcome()))
                    .contains("asam-2.1-upper");
        }
    }

    @Test
    void saysTheSameWhenAskedToValidate() {
        CarePlan plan = plan();
        hours(plan, 0, 25);

        OperationOutcome outcome =
                SERVER.post("CarePlan/$validate").body(plan).send().expect(200).as(OperationOutcome.class);

        assertThat(keys(outcome)).contains("asam-2.1-upper");
        assertThat(keys(SERVER.post("CarePlan/$validate")
                        .body(plan())
                        .send()
                        .expect(200)
                        .as(OperationOutcome.class)))
                .doesNotContain("asam-2.1-upper", "asam-2.1-adult-weekly-hours");
    }

    @Test
    void doubtsAnAdmissionAgainstAHighRiskOfWithdrawal() {
        EpisodeOfCare episode = course("doubtful");
        Observation risk = example(Observation.class, NAME + "-asam-d5");
        risk.setId("Observation/doubtful-d1");
        risk.getCode().getCodingFirstRep().setCode("d1").setDisplay(null);
        risk.getEffectiveDateTimeType().setValueAsString("2026-11-01T10:00:00-06:00");
        risk.setValue(new IntegerType(4));
        risk.setSubject(new Reference("Patient/doubtful"));
        Resource patient = renamed(example(Resource.class, NAME + "-testwell")).copy();
        patient.setId("Patient/doubtful");
        SERVER.put("Patient/doubtful").body(patient).send().expect(201);
        SERVER.put("Observation/doubtful-d1").body(risk).send().expect(201);
        episode.setPatient(new Reference("Patient/doubtful"));

        OperationOutcome outcome = SERVER.put("EpisodeOfCare/doubtful")
                .header("Prefer", "return=OperationOutcome")
                .body(episode)
                .send()
                .expect(200)
                .as(OperationOutcome.class);

        assertThat(keys(outcome)).contains("eligibility");
    }

    @Test
    void leavesTheRecordsOfOthersAlone() {
        Encounter foreign = new Encounter();
        foreign.setStatus(Encounter.EncounterStatus.FINISHED);
        foreign.getClass_()
                .setSystem("http://terminology.hl7.org/CodeSystem/v3-ActCode")
                .setCode("AMB");
        Encounter session = example(Encounter.class, NAME + "-individual-session");
        foreign.setAppointment(session.getAppointment());
        foreign.getPeriod().getStartElement().setValueAsString("2020-01-01");

        SERVER.post("Encounter").body(foreign).send().expect(201);
    }

    private static EpisodeOfCare course(String id) {
        EpisodeOfCare episode = example(EpisodeOfCare.class, NAME + "-episode");
        episode.setId("EpisodeOfCare/" + id);
        SERVER.put("EpisodeOfCare/" + id).body(episode).send().expect(201);
        return episode;
    }

    private static EpisodeOfCare finished(EpisodeOfCare episode) {
        EpisodeOfCare finished = episode.copy();
        finished.setStatus(EpisodeOfCareStatus.FINISHED);
        finished.getPeriod().getEndElement().setValueAsString("2026-11-15");
        finished.addExtension(
                "https://iop-fhir.org/fhir/StructureDefinition/discharge-reason",
                new org.hl7.fhir.r4.model.CodeableConcept(
                        new Coding("https://iop-fhir.org/fhir/CodeSystem/iop-discharge-reason", "completed", null)));
        return finished;
    }

    private static CarePlan planOf(EpisodeOfCare episode) {
        CarePlan plan = plan();
        plan.setId("CarePlan/of-" + id(episode));
        plan.getExtensionByUrl("http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare")
                .setValue(new Reference("EpisodeOfCare/" + id(episode)));
        return plan;
    }

    private static CarePlan plan() {
        return example(CarePlan.class, NAME + "-plan");
    }

    private static void hours(CarePlan plan, int phase, int hours) {
        Extension planned = plan.getExtensionsByUrl(PHASE).get(phase).getExtensionByUrl("plannedHours");
        ((Quantity) planned.getValue()).setValue(hours);
    }

    private static <T extends Resource> T example(Class<T> type, String id) {
        return RunningServer.bean(Conformance.class).iop().examples().stream()
                .map(RulesApiTest::renamed)
                .filter(example -> id(example).equals(id))
                .filter(type::isInstance)
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

    private static void refused(Answer answer, String rule) {
        assertThat(keys(answer.expect(422).as(OperationOutcome.class))).containsOnly(rule);
    }

    private static List<String> keys(OperationOutcome outcome) {
        return outcome.getIssue().stream()
                .map(OperationOutcomeIssueComponent::getDetails)
                .filter(details -> details.hasCoding())
                .map(details -> details.getCodingFirstRep().getCode())
                .toList();
    }
}
