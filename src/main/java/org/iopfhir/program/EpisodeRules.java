// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.program;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.EpisodeOfCare.EpisodeOfCareStatus;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.Problem;

/**
 * What must hold between an episode of care and other records: at its end no plan is active, and at its begin what was
 * found of the patient does not speak against intensive outpatient care.
 *
 * @param records the other records
 */
public record EpisodeRules(CareRecords records) {
    /** Its findings are of this severity unless the operator chose another. */
    public static final String ELIGIBILITY = "eligibility";

    private static final String CODES = "https://iop-fhir.org/fhir/CodeSystem/";
    private static final String CRITERION = CODES + "iop-eligibility-criterion";

    /** From which risk of 0 to 4 on the ASAM Criteria speak of severe risk, which an IOP alone does not answer. */
    private static final int SEVERE = 3;

    /** A dimension whose risk can be too high for an IOP, by the edition that numbers it so, and what it is about. */
    private enum Dimension {
        WITHDRAWAL_3("asam-dimension-3|d1", "withdrawal potential (ASAM dimension 1)"),
        WITHDRAWAL_4("asam-dimension-4|d1", "intoxication and withdrawal (ASAM dimension 1)"),
        PSYCHIATRIC_3("asam-dimension-3|d3", "emotional and behavioral condition (ASAM dimension 3)"),
        PSYCHIATRIC_4("asam-dimension-4|d3", "psychiatric and cognitive condition (ASAM dimension 3)");

        private final String code;
        private final String about;

        Dimension(String code, String about) {
            this.code = code;
            this.about = about;
        }
    }

    /** Return what is wrong with an episode, or worth a look; empty for one that is not of an IOP. */
    public List<Problem> check(EpisodeOfCare episode) {
        List<Problem> problems = new ArrayList<>();
        if (ProgramMark.isOn(episode.getType())) {
            if (episode.getStatus() == EpisodeOfCareStatus.FINISHED && episode.hasId()) {
                plansEnded(episode, problems);
            }
            if (episode.getStatus() == EpisodeOfCareStatus.ACTIVE) {
                eligibility(episode, problems);
            }
        }
        return problems;
    }

    private void plansEnded(EpisodeOfCare episode, List<Problem> problems) {
        Map<String, List<String>> search = Map.of(
                "episode", List.of(PlanRules.reference(episode)), "status", List.of("active"), "_count", List.of("1"));
        if (!records.find("CarePlan", search).isEmpty()) {
            problems.add(PlanRules.error(
                    "iop-episode-plans-ended",
                    "EpisodeOfCare.status",
                    "When an episode of care is finished, none of its plans is active: complete or revoke them first,"
                            + " or in the same transaction."));
        }
    }

    private void eligibility(EpisodeOfCare episode, List<Problem> problems) {
        String patient = PlanRules.local(episode.getPatient());
        if (patient.isEmpty()) {
            return;
        }
        List<Observation> findings = findings(patient);
        for (Dimension dimension : Dimension.values()) {
            newest(findings, CODES + dimension.code)
                    .filter(finding -> finding.getValue() instanceof IntegerType risk && risk.getValue() >= SEVERE)
                    .ifPresent(finding -> problems.add(doubt("The risk of " + dimension.about + " was last rated "
                            + finding.getValueIntegerType().getValue()
                            + " of 4. The ASAM Criteria ask for more than intensive outpatient care, or for a plan that"
                            + " answers it.")));
        }
        newest(findings, CODES + "iop-observation|iop-eligibility")
                .filter(finding -> isDenied(finding, "stable-housing"))
                .ifPresent(finding -> problems.add(doubt("The newest eligibility assessment says that there is no safe"
                        + " and stable housing, which treatment at home stands on.")));
    }

    private List<Observation> findings(String patient) {
        StringBuilder codes = new StringBuilder(CODES + "iop-observation|iop-eligibility");
        for (Dimension dimension : Dimension.values()) {
            codes.append(',').append(CODES).append(dimension.code);
        }
        return records
                .find("Observation", Map.of("patient", List.of(patient), "code", List.of(codes.toString())))
                .stream()
                .map(Observation.class::cast)
                .filter(finding -> finding.getStatus() != ObservationStatus.ENTEREDINERROR
                        && finding.getStatus() != ObservationStatus.CANCELLED)
                .toList();
    }

    private static Optional<Observation> newest(List<Observation> findings, String code) {
        String system = code.substring(0, code.indexOf('|'));
        String value = code.substring(code.indexOf('|') + 1);
        return findings.stream()
                .filter(finding -> finding.getCode().hasCoding(system, value))
                .filter(finding -> finding.hasEffectiveDateTimeType())
                .max(Comparator.comparing(
                        finding -> finding.getEffectiveDateTimeType().getValue()));
    }

    private static boolean isDenied(Observation eligibility, String criterion) {
        return eligibility.getComponent().stream()
                .filter(component -> component.getCode().hasCoding(CRITERION, criterion))
                .anyMatch(component -> component.getValue() instanceof BooleanType met && !met.booleanValue());
    }

    private static Problem doubt(String text) {
        return new Problem(IssueSeverity.WARNING, IssueType.BUSINESSRULE, ELIGIBILITY, "EpisodeOfCare.status", text);
    }
}
