// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Validate;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.ValidationModeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;
import org.jspecify.annotations.Nullable;

/**
 * {@code $validate}: says of a resource what a write would say, and its warnings too, without storing it.
 *
 * @see <a href="https://hl7.org/fhir/R4/resource-operation-validate.html">Resource $validate</a>
 */
public final class ValidateOperation<T extends IBaseResource> implements IResourceProvider {

    private final Class<T> type;
    private final ResourceCheck check;

    private final BiFunction<Resource, RequestDetails, List<Problem>> rules;

    ValidateOperation(Class<T> type, ResourceCheck check, BiFunction<Resource, RequestDetails, List<Problem>> rules) {
        this.type = type;
        this.check = check;
        this.rules = rules;
    }

    @Override
    public Class<T> getResourceType() {
        return type;
    }

    /**
     * @param resource what to look at
     * @param profile  canonical URL of a profile of the package that it must meet besides those it must meet anyway
     */
    @Validate
    public MethodOutcome validate(
            @ResourceParam T resource,
            @Validate.Mode @Nullable ValidationModeEnum mode,
            @Validate.Profile @Nullable String profile,
            RequestDetails request) {
        if (resource == null) {
            throw new InvalidRequestException("Send the resource to validate, plain or as parameter \"resource\"");
        }
        List<Problem> problems = new ArrayList<>();
        check.check((Resource) resource, profile).forEach(issue -> problems.add(issue.toProblem()));
        // What breaks a rule by itself cannot be compared with other records.
        if (problems.stream().noneMatch(problem -> problem.severity() == IssueSeverity.ERROR)) {
            problems.addAll(rules.apply((Resource) resource, request));
        }
        MethodOutcome outcome = new MethodOutcome();
        outcome.setOperationOutcome(FailureTranslation.outcome(
                problems.isEmpty()
                        ? List.of(new Problem(
                                IssueSeverity.INFORMATION, IssueType.INFORMATIONAL, null, null, "No issues found"))
                        : problems));
        return outcome;
    }
}
