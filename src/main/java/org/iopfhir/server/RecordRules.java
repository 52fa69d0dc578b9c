// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
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

    /** Return what is wrong with a resource, or worth a look, besides what {@code ResourceCheck} says. */
    List<Problem> check(Resource resource) {
        return found(resource, new StoredRecords(finder.now())).stream()
                .flatMap(settings::asChosen)
                .toList();
    }

    private List<Problem> found(Resource resource, StoredRecords records) {
        SessionRules sessions = new SessionRules(records, ZoneId.of(settings.zone()));
        Scores scores = new Scores(iop, records::read, records::find);
        if (resource instanceof CarePlan plan) {
            List<Problem> problems = new ArrayList<>(new PlanRules(records).check(plan));
            problems.addAll(sessions.check(plan));
            return problems;
        }
        if (resource instanceof EpisodeOfCare episode) {
            return new EpisodeRules(records).check(episode);
        }
        if (resource instanceof Encounter encounter) {
            return sessions.check(encounter);
        }
        if (resource instanceof Observation observation) {
            return scores.check(observation);
        }
        return resource instanceof QuestionnaireResponse response ? scores.check(response) : List.of();
    }
}
