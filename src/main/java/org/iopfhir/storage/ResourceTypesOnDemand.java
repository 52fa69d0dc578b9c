// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.cache.ResourceTypeCacheSvcImpl;
import ca.uhn.fhir.jpa.dao.data.IResourceTypeDao;
import ca.uhn.fhir.jpa.dao.tx.IHapiTransactionService;
import ca.uhn.fhir.jpa.util.MemoryCacheService;

/**
 * HAPI's numbering of resource types, made as types are first stored. HAPI would fill it at the first start with the
 * types of every FHIR version, for which it builds the model of each.
 */
final class ResourceTypesOnDemand extends ResourceTypeCacheSvcImpl {

    ResourceTypesOnDemand(IHapiTransactionService transactions, IResourceTypeDao dao, MemoryCacheService cache) {
        super(transactions, dao, cache);
    }

    @Override
    protected void initResourceTypes() {
        // on demand
    }
}
