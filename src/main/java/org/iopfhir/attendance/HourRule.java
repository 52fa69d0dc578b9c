// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.Problem;

/** The named rules about hours, each with what it says and whose rule it is. */
public enum HourRule {
    ASAM_2_1_ADULT_WEEKLY_HOURS(
            "asam-2.1-adult-weekly-hours",
            IssueSeverity.WARNING,
            "Level 2.1 for adults is 9 to 19 hours a week; fewer than 9 as a transition step down for at most 14 days"
                    + " (ASAM Criteria)."),
    ASAM_2_1_ADOLESCENT_WEEKLY_HOURS(
            "asam-2.1-adolescent-weekly-hours",
            IssueSeverity.WARNING,
            "Level 2.1 for adolescents is 6 to 19 hours a week; fewer than 6 as a transition step down for at most 14"
                    + " days (ASAM Criteria)."),
    ASAM_2_1_UPPER(
            "asam-2.1-upper",
            IssueSeverity.WARNING,
            "More than 19 hours a week are more than level 2.1: consider level 2.5 (ASAM Criteria)."),
    ASAM_2_5("asam-2.5", IssueSeverity.WARNING, "Level 2.5 is 20 hours a week or more (ASAM Criteria)."),
    HCPCS_H0015_DAY_WEEK(
            "hcpcs-h0015-day-week",
            IssueSeverity.WARNING,
            "H0015 is for a program of at least 3 hours a day on at least 3 days a week (HCPCS)."),
    TEDS_IOP(
            "teds-iop",
            IssueSeverity.WARNING,
            "Intensive outpatient treatment is 2 or more hours a day on 3 or more days a week (SAMHSA, TEDS)."),
    TYPICAL_SCHEDULE(
            "typical-schedule",
            IssueSeverity.INFORMATION,
            "Programs typically meet on 3 to 5 days a week for 2 to 5 hours a day."),
    DURATION("duration", IssueSeverity.INFORMATION, "Programs typically last 8 to 12 weeks."),
    STEP_DOWN_MONOTONIC(
            "step-down-monotonic",
            IssueSeverity.WARNING,
            "Hours do not rise from one phase to the next, unless the plan says why."),
    ATTENDANCE(
            "attendance", IssueSeverity.WARNING, "At least 75 % of the planned hours are delivered within two weeks.");

    private final String key;
    private final IssueSeverity severity;
    private final String says;

    HourRule(String key, IssueSeverity severity, String says) {
        this.key = key;
        this.severity = severity;
        this.says = says;
    }

    /** The stable key, as a client finds it in {@code OperationOutcome.issue.details}. */
    public String key() {
        return key;
    }

    /** How bad it is unless the operator says otherwise. */
    public IssueSeverity severity() {
        return severity;
    }

    public String says() {
        return says;
    }

    /** @param found what was found instead, a clause without a full stop */
    Problem broken(String path, String found) {
        return new Problem(severity, IssueType.BUSINESSRULE, key, path, says + " Here: " + found + ".");
    }
}
