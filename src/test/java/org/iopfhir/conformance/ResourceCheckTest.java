// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ResourceCheckTest {
    private static final Path PLAN = Path.of("profiles/examples/iop-care-plan/valid/step-down-over-ten-weeks.json");
    private static final Path DOCUMENT = Path.of("profiles/examples/iop-transition-bundle/valid/transfer-summary.json");
    private static final Path SESSION = Path.of("profiles/examples/iop-session-encounter/valid/late-to-the-group.json");

    private static FhirContext fhir = FhirContext.forR4Cached();
    private static ResourceCheck check;

    @BeforeAll
    static void open() {
        fhir = FhirContext.forR4Cached();
        check = Conformance.open(fhir).check();
    }

    @Test
    void refusesAWrongPlanThatClaimsNothing() {
        CarePlan plan = (CarePlan) Sources.parse(fhir, PLAN);
        plan.setText(null).setMeta(null);
        plan.setGoal(null);

        assertThat(check.check(plan)).singleElement().satisfies(issue -> {
            assertThat(issue.rule()).isEqualTo("card-goal");
            assertThat(issue.path()).isEqualTo("CarePlan");
            assertThat(issue.expected()).contains("CarePlan.goal: minimum required = 1");
        });
    }

    @Test
    void ignoresTheClaimOfAForeignProfile() {
        Encounter session = (Encounter) Sources.parse(fhir, SESSION);
        session.getMeta().addProfile("http://hl7.org/fhir/us/core/StructureDefinition/us-core-encounter");

        assertThat(check.check(session)).isEmpty();
        assertThat(session.getMeta().getProfile()).hasSize(2);
    }

    /** What was found without fault once is not looked at again, so that all which differs in kind must be. */
    @ParameterizedTest(name = "{0}")
    @MethodSource("mistakes")
    void findsAMistakeInAPlanLikeOneWithoutFault(String rule, Consumer<CarePlan> mistake) {
        CarePlan plan = (CarePlan) Sources.parse(fhir, PLAN);
        assertThat(check.check(plan)).isEmpty();

        mistake.accept(plan);

        for (int times = 0; times < 2; times++) {
            assertThat(check.check(plan)).extracting(Issue::rule).contains(rule);
        }
    }

    static Stream<Arguments> mistakes() {
        return Stream.of(
                mistake("per-1", plan -> phasePeriod(plan).setEndElement(new DateTimeType("2020-01-01"))),
                mistake("card-iop-phase-period-end", plan -> phasePeriod(plan).setEndElement(null)),
                mistake(
                        "per-1",
                        plan -> timing(plan)
                                .setStartElement(new DateTimeType("2026-02-01"))
                                .setEndElement(new DateTimeType("2026-01-31"))),
                mistake("type-goal", plan -> plan.getGoalFirstRep().setReference("Patient/someone")),
                mistake("type-subject", plan -> plan.getSubject().setReference("Practitioner/someone")),
                mistake(
                        "card-activity-detail-status",
                        plan -> plan.getActivityFirstRep().getDetail().setStatus(null)),
                mistake("duplicate-id", ResourceCheckTest::sameIds),
                mistake(
                        "extension-ext-subextension-invalid",
                        plan -> phase(plan).addExtension("weeks", new IntegerType(3))),
                mistake(
                        "type-iop-phase-period",
                        plan -> phase(plan).getExtensionByUrl("period").setValue(new StringType("May"))));
    }

    private static void sameIds(CarePlan plan) {
        plan.getActivity().forEach(activity -> activity.setId("first"));
    }

    private static Arguments mistake(String rule, Consumer<CarePlan> change) {
        return Arguments.of(rule, change);
    }

    private static Extension phase(CarePlan plan) {
        return plan.getExtensionsByUrl("https://iop-fhir.org/fhir/StructureDefinition/iop-phase")
                .get(0);
    }

    private static Period phasePeriod(CarePlan plan) {
        return (Period) phase(plan).getExtensionByUrl("period").getValue();
    }

    private static Period timing(CarePlan plan) {
        return plan.getActivityFirstRep()
                .getDetail()
                .getScheduledTiming()
                .getRepeat()
                .getBoundsPeriod();
    }

    @Test
    void namesTheExtensionInTheRule() {
        CarePlan plan = (CarePlan) Sources.parse(fhir, PLAN);
        plan.getExtension().get(1).getExtension().remove(2);

        assertThat(check.check(plan)).extracting(Issue::rule).containsExactly("card-iop-phase-plannedhours");
    }

    @Test
    void reportsAScriptInANarrativeOnce() {
        CarePlan plan = (CarePlan) Sources.parse(fhir, PLAN);
        plan.getText().getDiv().addTag("script").addText("x");

        assertThat(check.check(plan)).extracting(Issue::rule).containsExactly("narrative-element");
    }

    @Test
    void refusesASessionThatIsAboutAGroup() {
        Encounter session = (Encounter) Sources.parse(fhir, SESSION);
        session.setSubject(new Reference("Group/evening-group"));

        assertThat(check.check(session)).extracting(Issue::rule).containsExactly("type-subject");
    }

    @Test
    void refusesADocumentWhoseSummaryIsWrong() {
        Bundle document = (Bundle) Sources.parse(fhir, DOCUMENT);
        summary(document).getSection().removeIf(section -> section.getTitle().equals("Allergies"));

        assertThat(check.check(document)).singleElement().satisfies(issue -> {
            assertThat(issue.rule()).isEqualTo("card-section-allergies");
            assertThat(issue.path()).isEqualTo("Bundle.entry[0].resource");
        });
    }

    @Test
    void reportsOnceWhatEveryRuleOfADocumentSees() {
        Bundle document = (Bundle) Sources.parse(fhir, DOCUMENT);
        summary(document).setTitle(null);

        assertThat(check.check(document)).singleElement().satisfies(issue -> {
            assertThat(issue.rule()).isEqualTo("card-title");
            assertThat(issue.path()).isEqualTo("Bundle.entry[0].resource");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"document", "message", "collection"})
    void refusesAWrongPlanInAnyBundleThatIsKeptAsOne(String type) {
        assertThat(check.check(bundleWithAWrongPlan(type)))
                .filteredOn(issue -> issue.rule().equals("card-goal"))
                .extracting(Issue::path)
                .containsExactly("Bundle.entry[1].resource");
    }

    @Test
    void leavesTheEntriesOfATransactionToTheirOwnCheck() {
        assertThat(check.check(bundleWithAWrongPlan("transaction"))).isEmpty();
    }

    private static Composition summary(Bundle document) {
        return (Composition) document.getEntryFirstRep().getResource();
    }

    private static Bundle bundleWithAWrongPlan(String type) {
        CarePlan plan = (CarePlan) Sources.parse(fhir, PLAN);
        plan.setGoal(null);
        Bundle bundle = new Bundle().setType(Bundle.BundleType.fromCode(type));
        bundle.addEntry().setFullUrl("https://fhir.elsewhere.example.org/fhir/Basic/1");
        bundle.addEntry()
                .setFullUrl("https://fhir.elsewhere.example.org/fhir/CarePlan/1")
                .setResource(plan);
        return bundle;
    }

    /** What a hospital writes about its own staff, places, requests and schedules is not ours to judge. */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "{'resourceType': 'Practitioner', 'name': [{'text': 'Someone'}]}",
                "{'resourceType': 'PractitionerRole', 'active': true}",
                "{'resourceType': 'Organization', 'name': 'A hospital'}",
                "{'resourceType': 'Location', 'name': 'Ward 3'}",
                "{'resourceType': 'HealthcareService', 'program': [{'text': 'Cardiac rehabilitation'}]}",
                "{'resourceType': 'RelatedPerson', 'patient': {'reference': 'Patient/1'}}",
                "{'resourceType': 'CareTeam', 'category': [{'text': 'Oncology'}]}",
                "{'resourceType': 'Group', 'type': 'person', 'actual': true,"
                        + " 'member': [{'entity': {'reference': 'Patient/1'}}]}",
                "{'resourceType': 'Schedule', 'actor': [{'reference': 'Patient/1'}]}",
                "{'resourceType': 'Slot', 'schedule': {'reference': 'Schedule/1'}, 'status': 'free',"
                        + " 'start': '2026-09-10T17:30:00Z', 'end': '2026-09-10T18:30:00Z'}",
                "{'resourceType': 'ServiceRequest', 'status': 'active', 'intent': 'order',"
                        + " 'subject': {'reference': 'Patient/1'}}",
                "{'resourceType': 'Task', 'status': 'requested', 'intent': 'order', 'code': {'text': 'Call back'}}",
                "{'resourceType': 'Coverage', 'status': 'active', 'beneficiary': {'reference': 'Patient/1'},"
                        + " 'payor': [{'reference': 'Organization/1'}]}",
                "{'resourceType': 'Provenance', 'target': [{'reference': 'Patient/1'}],"
                        + " 'recorded': '2026-09-10T17:30:00Z', 'agent': [{'who': {'reference': 'Organization/1'}}]}"
            })
    void leavesToOthersWhatIsTheirs(String json) {
        Resource theirs = (Resource) fhir.newJsonParser().parseResource(json.replace('\'', '"'));

        assertThat(check.required().of(theirs)).isEmpty();
        assertThat(check.check(theirs)).isEmpty();
    }

    @Test
    void servesManyThreadsAtOnce() throws Exception {
        List<Path> files = Stream.concat(Sources.examples("valid").stream(), Sources.examples("invalid").stream())
                .toList();
        List<Callable<Boolean>> calls = files.stream()
                .map(file -> (Callable<Boolean>) () -> {
                    Resource resource = Sources.parse(fhir, file);
                    return check.check(resource).isEmpty()
                            == Sources.ruleOf(file).isEmpty();
                })
                .toList();
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            for (Future<Boolean> asExpected : threads.invokeAll(calls)) {
                assertThat(asExpected.get()).isTrue();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void keepsTheLibrarysTableOfOidsOut() throws Exception {
        try (var table =
                org.hl7.fhir.utilities.OIDUtilities.class.getClassLoader().getResourceAsStream("oidregistry.csv")) {
            assertThat(table.readAllBytes()).hasSizeLessThan(100);
        }
    }

    @Test
    void everyKnownNoiseHasAReason() {
        assertThat(KnownNoise.values())
                .allSatisfy(noise -> assertThat(noise.reason()).isNotBlank());
    }

    /** What is remembered of one resource must not change what is said of another. */
    @Test
    void saysTheSameOfEachExampleWhateverWasCheckedBefore() {
        List<Path> all = Stream.of("valid", "invalid")
                .flatMap(kind -> Sources.examples(kind).stream())
                .toList();
        Map<Path, List<Issue>> first = new LinkedHashMap<>();
        all.forEach(path -> first.put(path, check.check(Sources.parse(fhir, path))));

        assertThat(first).hasSizeGreaterThan(500);
        long seed = new Random().nextLong();
        List<Path> again = new ArrayList<>(all);
        Collections.shuffle(again, new Random(seed));
        for (Path path : again) {
            ResourceCheck fresh = path.getFileName().hashCode() % 200 == 0
                    ? Conformance.open(fhir).check()
                    : check;
            assertThat(fresh.check(Sources.parse(fhir, path)))
                    .as("%s, in the order of seed %d", path, seed)
                    .isEqualTo(first.get(path));
        }
    }
}
