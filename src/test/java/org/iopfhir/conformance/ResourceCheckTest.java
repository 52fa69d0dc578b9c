// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
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
        for (Path path : all) {
            ResourceCheck fresh = path.getFileName().hashCode() % 200 == 0
                    ? Conformance.open(fhir).check()
                    : check;
            assertThat(fresh.check(Sources.parse(fhir, path)))
                    .as(path.toString())
                    .isEqualTo(first.get(path));
        }
    }
}
