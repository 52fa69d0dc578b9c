// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Validate;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.ValidationModeEnum;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.List;
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

    ValidateOperation(Class<T> type, ResourceCheck check) {
        this.type = type;
        this.check = check;
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
            @Validate.Profile @Nullable String profile) {
        if (resource == null) {
            throw new InvalidRequestException("Send the resource to validate, plain or as parameter \"resource\"");
        }
        List<Problem> problems = check.check((Resource) resource, profile).stream()
                .map(Issue::toProblem)
                .toList();
        MethodOutcome outcome = new MethodOutcome();
        outcome.setOperationOutcome(FailureTranslation.outcome(
                problems.isEmpty()
                        ? List.of(new Problem(
                                IssueSeverity.INFORMATION, IssueType.INFORMATIONAL, null, null, "No issues found"))
                        : problems));
        return outcome;
    }
}
