// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.common.collect.MoreCollectors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.OperationOutcomeIssueComponent;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.testing.Answer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The operator chooses how bad a rule is, and the server keeps to it. */
class ChosenRulesIT {
    private static final String PHASE = "https://iop-fhir.org/fhir/StructureDefinition/iop-phase";
    private static final Bundle STORY = Conformance.open().iop().stories().stream()
            .map(story -> story.transaction().get())
            .filter(story -> entry(story, "Patient/stepdown-patient").findAny().isPresent())
            .collect(MoreCollectors.onlyElement());

    private static ServerProcess server;

    @BeforeAll
    static void start() throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "reliability")), "h2");
        server = ServerProcess.start(
                "rules",
                List.of(
                        "--iop.database.url=jdbc:h2:file:"
                                + folder.resolve("iop").toAbsolutePath(),
                        "--iop.rules.errors=asam-2.1-upper",
                        "--iop.rules.information=step-down-monotonic,duration",
                        "--iop.rules.off=asam-2.1-adult-weekly-hours,typical-schedule"));
        withoutIdsOfNotes();
        server.fhir().process(STORY).expect(200);
    }

    /** A client gives no id to a counseling note. */
    private static void withoutIdsOfNotes() {
        STORY.getEntry().stream()
                .filter(entry -> entry.getResource() instanceof DocumentReference)
                .forEach(entry -> entry.setRequest(new Bundle.BundleEntryRequestComponent()
                        .setMethod(Bundle.HTTPVerb.POST)
                        .setUrl("DocumentReference")));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void aRuleThatIsAnErrorRefusesTheWriteAndNoOtherIsNamed() {
        OperationOutcome outcome = write(plan(25)).expect(422).as(OperationOutcome.class);

        assertThat(outcome.getIssue())
                .singleElement()
                .satisfies(issue -> assertThat(key(issue)).isEqualTo("asam-2.1-upper"))
                .satisfies(issue -> assertThat(issue.getSeverity()).isEqualTo(IssueSeverity.ERROR));
    }

    @Test
    void aRuleThatIsOffStaysSilentAndOneThatInformsDoesNotWarn() {
        CarePlan plan = plan(8);
        plan.getExtensionsByUrl(PHASE).get(2).removeExtension("reason");

        OperationOutcome outcome = write(plan).expect(200).as(OperationOutcome.class);

        assertThat(outcome.getIssue())
                .extracting(ChosenRulesIT::key)
                .contains("step-down-monotonic")
                .doesNotContain("asam-2.1-adult-weekly-hours");
        assertThat(outcome.getIssue())
                .filteredOn(issue -> "step-down-monotonic".equals(key(issue)))
                .extracting(OperationOutcomeIssueComponent::getSeverity)
                .containsOnly(IssueSeverity.INFORMATION);
    }

    private static Answer write(CarePlan plan) {
        return server.fhir()
                .put("CarePlan/" + plan.getIdElement().getIdPart())
                .header("Prefer", "return=OperationOutcome")
                .body(plan)
                .send();
    }

    /** The plan of an adult, whose intensive phase at level 2.1 has so many hours a week. */
    private static CarePlan plan(int hours) {
        CarePlan plan = entry(STORY, "CarePlan/stepdown-plan-iop")
                .map(CarePlan.class::cast)
                .collect(MoreCollectors.onlyElement())
                .copy();
        Extension intensive = plan.getExtensionsByUrl(PHASE).get(1);
        ((Quantity) intensive.getExtensionByUrl("plannedHours").getValue()).setValue(hours);
        return plan;
    }

    private static Stream<Resource> entry(Bundle story, String url) {
        return story.getEntry().stream()
                .filter(entry -> entry.getRequest().getUrl().equals(url))
                .map(Bundle.BundleEntryComponent::getResource);
    }

    private static String key(OperationOutcomeIssueComponent issue) {
        return issue.getDetails().getCodingFirstRep().getCode();
    }
}
