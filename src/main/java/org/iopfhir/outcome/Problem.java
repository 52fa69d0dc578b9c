// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.outcome;

import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.OperationOutcome.OperationOutcomeIssueComponent;
import org.jspecify.annotations.Nullable;

/**
 * One thing that is wrong, or worth a warning, as a client reads it.
 *
 * @param severity how bad
 * @param kind     the issue type of the spec
 * @param key      stable key of the broken rule, or {@code null} where no rule is named
 * @param where    FHIRPath of the element, or {@code null} when it is the whole request
 * @param text     what is wrong and what was expected
 */
public record Problem(
        IssueSeverity severity,
        IssueType kind,
        @Nullable String key,
        @Nullable String where,
        String text) {

    /** System of rule keys in {@code OperationOutcome.issue.details}. */
    public static final String RULE_SYSTEM = "https://iop-fhir.org/fhir/CodeSystem/iop-rule";

    /** An error about the whole request. */
    public static Problem error(IssueType kind, String text) {
        return new Problem(IssueSeverity.ERROR, kind, null, null, text);
    }

    OperationOutcomeIssueComponent toIssue() {
        OperationOutcomeIssueComponent issue = new OperationOutcomeIssueComponent()
                .setSeverity(severity)
                .setCode(kind)
                .setDiagnostics(text);
        if (key != null) {
            issue.getDetails().addCoding().setSystem(RULE_SYSTEM).setCode(key);
            issue.getDetails().setText(text);
        }
        if (where != null) {
            issue.addExpression(where);
        }
        return issue;
    }
}
