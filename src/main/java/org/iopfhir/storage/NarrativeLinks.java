// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.dao.EntriesToProcessMap;
import ca.uhn.fhir.jpa.dao.IdSubstitutionMap;
import ca.uhn.fhir.jpa.dao.TransactionProcessor;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.storage.TransactionDetails;
import ca.uhn.fhir.util.StopWatch;
import java.util.Collection;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.DomainResource;

/**
 * HAPI's transactions, which also resolve the placeholders in links of narratives; HAPI replaces them only in elements.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#trules">FHIR R4 transaction processing rules</a>
 */
class NarrativeLinks extends TransactionProcessor {

    private static final Pattern PLACEHOLDER = Pattern.compile("urn:(?:uuid|oid):[0-9A-Za-z.-]+");

    /** HAPI knows the real ids in the middle of one long method, of which a subclass sees only the start. */
    private static final ThreadLocal<Names> NAMES = new ThreadLocal<>();

    @Override
    protected EntriesToProcessMap doTransactionWriteOperations(
            RequestDetails request,
            RequestPartitionId partition,
            String action,
            TransactionDetails transaction,
            Set<IIdType> ids,
            IdSubstitutionMap substitutions,
            Map<IIdType, DaoMethodOutcome> outcomes,
            IBaseBundle response,
            IdentityHashMap<IBase, Integer> order,
            List<IBase> entries,
            StopWatch watch) {
        NAMES.set(new Names(substitutions, outcomes.values()));
        try {
            return super.doTransactionWriteOperations(
                    request,
                    partition,
                    action,
                    transaction,
                    ids,
                    substitutions,
                    outcomes,
                    response,
                    order,
                    entries,
                    watch);
        } finally {
            NAMES.remove();
        }
    }

    /** Called when every resource has its id, and before any of them is written. */
    @Override
    protected void postTransactionProcess(TransactionDetails transaction) {
        super.postTransactionProcess(transaction);
        Names known = NAMES.get();
        for (DaoMethodOutcome outcome : known.outcomes()) {
            if (outcome.getResource() instanceof DomainResource resource && resource.hasText()) {
                resolve(resource, known.substitutions(), transaction);
            }
        }
    }

    private static void resolve(DomainResource resource, IdSubstitutionMap names, TransactionDetails transaction) {
        String narrative = resource.getText().getDivAsString();
        if (narrative == null || !narrative.contains("urn:")) {
            return;
        }
        String resolved = PLACEHOLDER.matcher(narrative).replaceAll(match -> {
            IIdType id = names.getForSource(match.group());
            return Matcher.quoteReplacement(
                    id == null ? match.group() : id.toUnqualifiedVersionless().getValue());
        });
        // When the transaction is tried again, the same resource comes with new ids.
        transaction.addRollbackUndoAction(() -> resource.getText().setDivAsString(narrative));
        resource.getText().setDivAsString(resolved);
    }

    private record Names(IdSubstitutionMap substitutions, Collection<DaoMethodOutcome> outcomes) {}
}
