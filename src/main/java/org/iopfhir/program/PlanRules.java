// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.program;

import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Goal;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.outcome.Problem;

/**
 * What must hold between a treatment plan and other records, and among its phases.
 *
 * @param records the other records
 */
public record PlanRules(CareRecords records) {
    static final String PHASE = "https://iop-fhir.org/fhir/StructureDefinition/iop-phase";
    static final String EPISODE = "http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare";

    private static final Set<Goal.GoalLifecycleStatus> OPEN_GOALS = Set.of(
            Goal.GoalLifecycleStatus.ACTIVE, Goal.GoalLifecycleStatus.ONHOLD, Goal.GoalLifecycleStatus.COMPLETED);

    /** Return what is wrong with a plan; empty for a plan that is not of an IOP. */
    public List<Problem> check(CarePlan plan) {
        List<Problem> problems = new ArrayList<>();
        if (ProgramMark.isOn(plan.getCategory())) {
            phasesInOrder(plan, problems);
            if (plan.getStatus() == CarePlan.CarePlanStatus.ACTIVE) {
                goalsOpen(plan, problems);
                episodeOpen(plan, problems);
            }
        }
        return problems;
    }

    private static void phasesInOrder(CarePlan plan, List<Problem> problems) {
        LocalDate lastEnd = LocalDate.MIN;
        for (int i = 0; i < plan.getExtension().size(); i++) {
            Extension phase = plan.getExtension().get(i);
            if (phase.getUrl().equals(PHASE)
                    && period(phase).hasStart()
                    && period(phase).hasEnd()) {
                if (!day(period(phase).getStartElement().getValueAsString()).isAfter(lastEnd)) {
                    problems.add(error(
                            "iop-plan-phases-in-order",
                            "CarePlan.extension[" + i + "]",
                            "The phases of a plan follow each other: one begins after the day on which the one before"
                                    + " it in the list ends."));
                }
                lastEnd = day(period(phase).getEndElement().getValueAsString());
            }
        }
    }

    private void goalsOpen(CarePlan plan, List<Problem> problems) {
        Set<String> closed = records.read(references(plan.getGoal())).stream()
                .map(Goal.class::cast)
                .filter(goal -> !OPEN_GOALS.contains(goal.getLifecycleStatus()))
                .map(PlanRules::reference)
                .collect(Collectors.toSet());
        for (int i = 0; i < plan.getGoal().size(); i++) {
            if (closed.contains(local(plan.getGoal().get(i)))) {
                problems.add(error(
                        "iop-plan-goals-open",
                        "CarePlan.goal[" + i + "]",
                        "The goals of an active plan are active, on hold or completed."));
            }
        }
    }

    private void episodeOpen(CarePlan plan, List<Problem> problems) {
        List<String> episodes = references(plan.getExtensionsByUrl(EPISODE).stream()
                .map(Extension::getValue)
                .filter(Reference.class::isInstance)
                .map(Reference.class::cast)
                .toList());
        boolean isFinished = records.read(episodes).stream()
                .map(EpisodeOfCare.class::cast)
                .anyMatch(episode -> episode.getStatus() == EpisodeOfCare.EpisodeOfCareStatus.FINISHED);
        if (isFinished) {
            problems.add(error(
                    "iop-plan-episode-open",
                    "CarePlan.status",
                    "A plan of a finished episode of care is not active: complete or revoke it."));
        }
    }

    private static Period period(Extension phase) {
        Extension period = phase.getExtensionByUrl("period");
        return period != null && period.getValue() instanceof Period value ? value : new Period();
    }

    /** Plans speak of days; a time of day, if there is one, does not matter. */
    private static LocalDate day(String date) {
        String whole = date.length() == 4 ? date + "-01-01" : date.length() == 7 ? date + "-01" : date;
        return LocalDate.parse(whole.substring(0, 10));
    }

    static List<String> references(List<Reference> references) {
        return references.stream()
                .map(PlanRules::local)
                .flatMap(Stream::ofNullable)
                .filter(reference -> reference.indexOf('/') > 0)
                .distinct()
                .toList();
    }

    static String local(Reference reference) {
        return reference.getReferenceElement().toUnqualifiedVersionless().getValue() == null
                ? ""
                : reference.getReferenceElement().toUnqualifiedVersionless().getValue();
    }

    static String reference(Resource resource) {
        return resource.fhirType() + "/" + resource.getIdElement().getIdPart();
    }

    static Problem error(String rule, String where, String text) {
        return new Problem(IssueSeverity.ERROR, IssueType.BUSINESSRULE, rule, where, text);
    }
}
