// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;
import org.iopfhir.storage.Gate;
import org.iopfhir.storage.WriteNotes;
import org.jspecify.annotations.Nullable;

/**
 * Applies the rules that look beyond one resource, when everything is written and nothing is committed: inside a
 * transaction after all of its entries, so that these may come in any order. An error undoes the whole write.
 */
@Interceptor
public final class RuleHook {

    private static final Problem KEPT_BACK = Problem.error(
            IssueType.BUSINESSRULE, "It contradicts another record, which this access token does not permit to read");

    private final RecordRules rules;
    private final Gate gate;

    RuleHook(RecordRules rules, Gate gate) {
        this.rules = rules;
        this.gate = gate;
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED, order = Stage.Order.COMPARE)
    public void beforeCommitOfCreate(IBaseResource resource, @Nullable RequestDetails request) {
        compare((Resource) resource, request);
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED, order = Stage.Order.COMPARE)
    public void beforeCommitOfUpdate(IBaseResource before, IBaseResource after, @Nullable RequestDetails request) {
        compare((Resource) after, request);
    }

    private void compare(Resource resource, @Nullable RequestDetails request) {
        List<Problem> problems = new ArrayList<>(ValidationHook.warningsOf(resource));
        problems.addAll(check(resource, request, WriteNotes.areHeard(request)));
        List<Problem> errors = problems.stream()
                .filter(problem -> problem.severity() == IssueSeverity.ERROR)
                .toList();
        if (!errors.isEmpty()) {
            // HAPI's own exception, since a batch takes an entry's outcome from no other.
            throw new UnprocessableEntityException(errors.get(0).text(), FailureTranslation.outcome(errors));
        }
        WriteNotes.add(request, resource, problems);
    }

    /**
     * What the rules say of {@code resource}, in as many words as the sender of {@code request} may hear: who may not read
     * all that they compare with is told that something is wrong, and not what.
     */
    List<Problem> check(Resource resource, @Nullable RequestDetails request) {
        return check(resource, request, true);
    }

    private List<Problem> check(Resource resource, @Nullable RequestDetails request, boolean isHeard) {
        List<Problem> problems = rules.check(resource, isHeard);
        if (problems.isEmpty() || RecordRules.COMPARED.stream().allMatch(type -> reads(type, request))) {
            return problems;
        }
        boolean isWrong = problems.stream().anyMatch(problem -> problem.severity() == IssueSeverity.ERROR);
        return isWrong ? List.of(KEPT_BACK) : List.of();
    }

    /** The rules look at records of one patient, so reading those without a filter is enough. */
    private boolean reads(String type, @Nullable RequestDetails request) {
        return gate.reach(RestOperationTypeEnum.READ, type, request).parts().stream()
                .anyMatch(part -> part.filter().isEmpty());
    }
}
