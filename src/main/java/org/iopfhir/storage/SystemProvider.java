// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.annotation.Transaction;
import ca.uhn.fhir.rest.annotation.TransactionParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;

/** The REST face of the whole store: batch and transaction. */
public final class SystemProvider {

    private final IFhirSystemDao<Bundle, Meta> dao;

    SystemProvider(IFhirSystemDao<Bundle, Meta> dao) {
        this.dao = dao;
    }

    @Transaction
    public Bundle transaction(@TransactionParam Bundle bundle, RequestDetails request) {
        return dao.transaction(request, bundle);
    }
}
