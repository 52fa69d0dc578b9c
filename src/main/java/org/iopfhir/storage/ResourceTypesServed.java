// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.cache.ResourceTypeCacheSvcImpl;
import ca.uhn.fhir.jpa.dao.data.IResourceTypeDao;
import ca.uhn.fhir.jpa.dao.tx.IHapiTransactionService;
import ca.uhn.fhir.jpa.model.entity.ResourceTypeEntity;
import ca.uhn.fhir.jpa.util.MemoryCacheService;
import java.util.Map;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.iopfhir.storage.database.SchemaTurn;

/**
 * HAPI's numbering of resource types, for those that are served. HAPI would make it at the first start for the types of
 * every FHIR version, for which it builds the model of each. Made only when a type is first stored, it would fail all but
 * one of the clients that store the first ones at once.
 */
final class ResourceTypesServed extends ResourceTypeCacheSvcImpl {

    private final IResourceTypeDao dao;
    private final DataSource pool;

    ResourceTypesServed(
            IHapiTransactionService transactions, IResourceTypeDao dao, MemoryCacheService cache, DataSource pool) {
        super(transactions, dao, cache);
        this.dao = dao;
        this.pool = pool;
    }

    @Override
    protected void initResourceTypes() {
        if (!stored().keySet().containsAll(ServedTypes.names())) {
            SchemaTurn.take(pool, turn -> makeMissing());
        }
        stored().forEach(this::addToCache);
    }

    private void makeMissing() {
        Map<String, Short> known = stored();
        ServedTypes.names().stream().filter(type -> !known.containsKey(type)).forEach(this::createResourceType);
    }

    private Map<String, Short> stored() {
        return dao.findAll().stream()
                .collect(Collectors.toMap(ResourceTypeEntity::getResourceType, ResourceTypeEntity::getResourceTypeId));
    }
}
