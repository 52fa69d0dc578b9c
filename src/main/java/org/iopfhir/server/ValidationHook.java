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

/**
 * Refuses a resource that breaks a rule, at the one place that each write passes: create, update, patch, and every
 * entry of a transaction, after its references are resolved and before anything is stored.
 */
@Interceptor
public final class ValidationHook {

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

    private void refuseIfWrong(Resource resource) {
        List<Issue> errors =
                check.check(resource).stream().filter(Issue::isError).toList();
        if (!errors.isEmpty()) {
            // HAPI's own exception, since a batch takes an entry's outcome from no other.
            throw new UnprocessableEntityException(
                    errors.get(0).expected(),
                    FailureTranslation.outcome(
                            errors.stream().map(Issue::toProblem).toList()));
        }
    }
}
