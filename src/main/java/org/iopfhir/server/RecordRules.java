// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.attendance.RuleSettings;
import org.iopfhir.attendance.SessionRules;
import org.iopfhir.conformance.Scores;
import org.iopfhir.outcome.Problem;
import org.iopfhir.program.EpisodeRules;
import org.iopfhir.program.PlanRules;

/**
 * All rules that look beyond one resource, with the severities that the operator chose.
 *
 * @param plans    rules of plans
 * @param episodes rules of episodes of care
 * @param sessions rules of sessions and of the hours of plans
 * @param scores   rules of scores and the answers behind them
 * @param severity see {@link RuleSettings}
 */
record RecordRules(
        PlanRules plans, EpisodeRules episodes, SessionRules sessions, Scores scores, Map<String, String> severity) {

    /** Types of the records that a resource is compared with. */
    static final Set<String> COMPARED = Set.of(
            "Appointment",
            "CarePlan",
            "Encounter",
            "EpisodeOfCare",
            "Goal",
            "Observation",
            "Organization",
            "Patient",
            "QuestionnaireResponse");

    /** Return what is wrong with a resource, or worth a look, besides what {@code ResourceCheck} says. */
    List<Problem> check(Resource resource) {
        return found(resource).stream().flatMap(this::asChosen).toList();
    }

    private List<Problem> found(Resource resource) {
        if (resource instanceof CarePlan plan) {
            List<Problem> problems = new ArrayList<>(plans.check(plan));
            problems.addAll(sessions.check(plan));
            return problems;
        }
        if (resource instanceof EpisodeOfCare episode) {
            return episodes.check(episode);
        }
        if (resource instanceof Encounter encounter) {
            return sessions.check(encounter);
        }
        if (resource instanceof Observation observation) {
            return scores.check(observation);
        }
        return resource instanceof QuestionnaireResponse response ? scores.check(response) : List.of();
    }

    private Stream<Problem> asChosen(Problem problem) {
        String chosen = severity.get(problem.key());
        if (chosen == null) {
            return Stream.of(problem);
        }
        return chosen.equals("off")
                ? Stream.empty()
                : Stream.of(new Problem(
                        IssueSeverity.valueOf(chosen.toUpperCase(Locale.ROOT)),
                        problem.kind(),
                        problem.key(),
                        problem.where(),
                        problem.text()));
    }
}
