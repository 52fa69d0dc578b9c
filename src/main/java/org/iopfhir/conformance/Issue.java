// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.Problem;

/**
 * Say what is wrong with a resource, and where.
 *
 * @param severity whether the resource is refused for it
 * @param rule the key of the rule: that of an invariant, or a kind and a path such as {@code card-period-start}
 * @param path FHIRPath of the element, such as {@code CarePlan.extension[1].value}
 * @param expected a sentence that says what the rule expects; it may quote codes of the resource, never its texts
 */
public record Issue(Severity severity, String rule, String path, String expected) {
    public enum Severity {
        ERROR,
        WARNING
    }

    static Issue error(String rule, String path, String expected) {
        return new Issue(Severity.ERROR, rule, path, expected);
    }

    static Issue warning(String rule, String path, String expected) {
        return new Issue(Severity.WARNING, rule, path, expected);
    }

    /**
     * The same in a resource around it.
     *
     * @param type of the resource, with which its paths begin
     * @param place where it stands, such as {@code Bundle.entry[0].resource}
     */
    Issue below(String type, String place) {
        String rest = path.startsWith(type) ? path.substring(type.length()) : "." + path;
        return new Issue(severity, rule, place + rest, expected);
    }

    /** The same for the client. */
    public Problem toProblem() {
        IssueSeverity severity = isError() ? IssueSeverity.ERROR : IssueSeverity.WARNING;
        return new Problem(severity, IssueType.INVARIANT, rule, path, expected);
    }

    public boolean isError() {
        return severity == Severity.ERROR;
    }
}
