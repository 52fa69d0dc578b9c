// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.jpa.searchparam.registry.ISearchParamProvider;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.SearchParameter;

/**
 * Gives HAPI's registry the search parameters of this release. HAPI would read them from the database, where whoever
 * may write a SearchParameter could index, and then search by, a field that is hidden from him.
 */
final class ReleasedSearchParameters implements ISearchParamProvider {

    private final List<SearchParameter> parameters;

    ReleasedSearchParameters(List<SearchParameter> parameters) {
        this.parameters = List.copyOf(parameters);
    }

    List<IIdType> ids() {
        return parameters.stream()
                .<IIdType>map(
                        p -> new IdType("SearchParameter", p.getIdElement().getIdPart()))
                .toList();
    }

    @Override
    public IBundleProvider search(SearchParameterMap ignored) {
        return new SimpleBundleProvider(parameters);
    }

    @Override
    public IBaseResource read(IIdType id) {
        return parameters.stream()
                .filter(p -> p.getIdElement().getIdPart().equals(id.getIdPart()))
                .findFirst()
                .orElseThrow(() -> new ResourceNotFoundException(id));
    }
}
