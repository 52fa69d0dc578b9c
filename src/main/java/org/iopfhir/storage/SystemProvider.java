// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.annotation.Transaction;
import ca.uhn.fhir.rest.annotation.TransactionParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Meta;

/**
 * The REST face of the whole store: batch and transaction.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#transaction">FHIR R4 batch and transaction</a>
 */
public final class SystemProvider {

    private final IFhirSystemDao<Bundle, Meta> dao;
    private final BundleRequest requests;
    private final BundleAnswers answers;
    private final SameCondition sameCondition;

    SystemProvider(
            IFhirSystemDao<Bundle, Meta> dao,
            BundleRequest requests,
            BundleAnswers answers,
            SameCondition sameCondition) {
        this.dao = dao;
        this.requests = requests;
        this.answers = answers;
        this.sameCondition = sameCondition;
    }

    @Transaction
    public Bundle transaction(@TransactionParam Bundle bundle, RequestDetails request) {
        BundleAsked.note(bundle, request);
        if (bundle.getType() == BundleType.BATCH) {
            return batch(bundle, request);
        }
        if (bundle.getType() != BundleType.TRANSACTION) {
            throw new InvalidRequestException("Bundle.type must be batch or transaction");
        }
        List<BundleEntryComponent> entries = bundle.getEntry();
        for (int i = 0; i < entries.size(); i++) {
            requests.problem(entries.get(i), i, request).ifPresent(problem -> {
                throw problem;
            });
        }
        DeleteMatch.note(bundle, request);
        requests.namePlaceholders(bundle);
        return alone(bundle, request);
    }

    /** Entries that cannot be processed are answered here, each alone; HAPI would refuse the whole batch. */
    private Bundle batch(Bundle bundle, RequestDetails request) {
        TreeMap<Integer, BundleEntryComponent> refused = new TreeMap<>();
        List<BundleEntryComponent> processed = new ArrayList<>();
        for (int i = 0; i < bundle.getEntry().size(); i++) {
            BundleEntryComponent entry = bundle.getEntry().get(i);
            Optional<BaseServerResponseException> problem = requests.problem(entry, i, request);
            if (problem.isPresent()) {
                BundleEntryComponent answer = new BundleEntryComponent();
                answers.populateEntryWithOperationOutcome(problem.get(), answer);
                refused.put(i, answer);
            } else {
                processed.add(entry);
            }
        }
        Bundle rest = new Bundle().setType(BundleType.BATCH);
        rest.setMeta(bundle.getMeta());
        rest.setEntry(processed);
        DeleteMatch.note(rest, request);
        Bundle answer = alone(rest, request);
        // In ascending order, so that each index is right once all before it are in place.
        refused.forEach((index, entry) -> answer.getEntry().add(index, entry));
        return answer;
    }

    private Bundle alone(Bundle bundle, RequestDetails request) {
        ServerIds.giveTo(bundle);
        return WriteNotes.attach(
                sameCondition.alone(BundleRequest.conditions(bundle), () -> dao.transaction(request, bundle)), request);
    }
}
