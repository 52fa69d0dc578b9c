// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.attendance.SessionRules;
import org.iopfhir.conformance.IgPackage;
import org.iopfhir.conformance.Scores;
import org.iopfhir.outcome.Problem;
import org.iopfhir.program.EpisodeRules;
import org.iopfhir.program.PlanRules;
import org.iopfhir.storage.RecordFinder;

/**
 * All rules that look beyond one resource, with the severities that the operator chose.
 *
 * @param finder   gives the other records
 * @param iop      holds the questionnaires behind the scores
 * @param settings which rules the operator chose to be more or less than they are
 */
record RecordRules(RecordFinder finder, IgPackage iop, RuleSettings settings) {

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

    /**
     * Return what is wrong with a resource, or worth a look, besides what {@code ResourceCheck} says.
     *
     * @param isHeard false when nobody hears of what is not an error: the hours of weeks need not be counted then, unless
     *                the operator made an error of them
     */
    List<Problem> check(Resource resource, boolean isHeard) {
        boolean isCounted = isHeard || settings.refusesByHours();
        return found(resource, new StoredRecords(finder.now()), isCounted).stream()
                .flatMap(settings::asChosen)
                .toList();
    }

    private List<Problem> found(Resource resource, StoredRecords records, boolean isCounted) {
        SessionRules sessions = new SessionRules(records, ZoneId.of(settings.zone()));
        Scores scores = new Scores(iop, records::read, records::find);
        if (resource instanceof CarePlan plan) {
            List<Problem> problems = new ArrayList<>(new PlanRules(records).check(plan));
            problems.addAll(isCounted ? sessions.hours(plan) : List.of());
            return problems;
        }
        if (resource instanceof EpisodeOfCare episode) {
            return new EpisodeRules(records).check(episode);
        }
        if (resource instanceof Encounter encounter) {
            List<Problem> problems = new ArrayList<>(sessions.check(encounter));
            problems.addAll(isCounted ? sessions.hours(encounter) : List.of());
            return problems;
        }
        if (resource instanceof Observation observation) {
            return scores.check(observation);
        }
        return resource instanceof QuestionnaireResponse response ? scores.check(response) : List.of();
    }
}
