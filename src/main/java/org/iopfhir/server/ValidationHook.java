// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.conformance.Issue;
import org.iopfhir.conformance.ResourceCheck;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;

/**
 * Refuses a resource that breaks a rule, at the one place that each write passes: create, update, patch, and every
 * entry of a transaction, after its references are resolved and before anything is stored.
 */
@Interceptor
public final class ValidationHook {

    private static final String WARNINGS = ValidationHook.class.getName();

    private final ResourceCheck check;

    ValidationHook(ResourceCheck check) {
        this.check = check;
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED, order = Stage.Order.VALIDATE)
    public void beforeCreate(IBaseResource resource) {
        refuseIfWrong((Resource) resource);
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED, order = Stage.Order.VALIDATE)
    public void beforeUpdate(IBaseResource before, IBaseResource after) {
        refuseIfWrong((Resource) after);
    }

    /** What {@link ResourceCheck} said of a resource that it did not refuse. */
    @SuppressWarnings("unchecked")
    static List<Problem> warningsOf(Resource resource) {
        Object warnings = resource.getUserData(WARNINGS);
        return warnings == null ? List.of() : (List<Problem>) warnings;
    }

    private void refuseIfWrong(Resource resource) {
        List<Issue> issues = check.check(resource);
        List<Problem> errors =
                issues.stream().filter(Issue::isError).map(Issue::toProblem).toList();
        if (!errors.isEmpty()) {
            // HAPI's own exception, since a batch takes an entry's outcome from no other.
            throw new UnprocessableEntityException(errors.get(0).text(), FailureTranslation.outcome(errors));
        }
        resource.setUserData(WARNINGS, issues.stream().map(Issue::toProblem).toList());
    }
}
