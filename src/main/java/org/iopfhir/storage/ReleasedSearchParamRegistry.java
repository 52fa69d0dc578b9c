// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.searchparam.registry.SearchParamRegistryImpl;
import java.util.Collection;
import java.util.List;
import org.hl7.fhir.instance.model.api.IIdType;

/** HAPI's registry, filled with the search parameters of this release instead of those found in the database. */
final class ReleasedSearchParamRegistry extends SearchParamRegistryImpl {

    private final List<IIdType> released;

    ReleasedSearchParamRegistry(ReleasedSearchParameters parameters) {
        this.released = parameters.ids();
        // HAPI would write a row per parameter of all 146 types at the first start, and read all at each later one; a
        // row is made anyway when a parameter is first indexed.
        setPopulateSearchParamIdentities(false);
    }

    @Override
    public void handleInit(Collection<IIdType> foundInDatabase) {
        super.handleInit(released);
    }
}
