// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Meta;

/** Stores Bundles for the server itself, without a client's request. */
public final class BundleStore {

    private final DaoRegistry daos;
    private final IFhirSystemDao<Bundle, Meta> system;

    BundleStore(DaoRegistry daos, IFhirSystemDao<Bundle, Meta> system) {
        this.daos = daos;
        this.system = system;
    }

    /** Whether a resource of this type and id is stored, or was and is deleted. */
    public boolean everStored(IdType id) {
        try {
            daos.getResourceDao(id.getResourceType()).read(id, new SystemRequestDetails());
            return true;
        } catch (ResourceNotFoundException e) {
            return false;
        } catch (ResourceGoneException e) {
            return true;
        }
    }

    /** Store a transaction, whole or not at all. */
    public void store(Bundle transaction) {
        ServerIds.giveTo(transaction);
        system.transaction(new SystemRequestDetails(), transaction);
    }
}
