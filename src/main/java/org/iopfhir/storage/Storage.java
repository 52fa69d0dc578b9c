// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.SearchParameter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;

/** What this room offers to the wiring: the REST providers of all stored types and of the store as a whole. */
@Configuration(proxyBeanMethods = false)
@Import({Database.class, StorageRules.class, HapiJpa.class})
public class Storage {

    @Bean
    ReleasedSearchParameters releasedSearchParameters(FhirContext fhir, SearchParameters ofPackage) {
        List<SearchParameter> all = new ArrayList<>(ofPackage.list());
        all.add(PatientCompartment.searchParameter(fhir, ofPackage.canonicalBase()));
        return new ReleasedSearchParameters(all);
    }

    @Bean
    ReleasedSearchParamRegistry releasedSearchParamRegistry(ReleasedSearchParameters parameters) {
        return new ReleasedSearchParamRegistry(parameters);
    }

    @Bean
    StoredTypes storedTypes(FhirContext fhir, DaoRegistry daos, ISearchParamRegistry registry, PageSettings pages) {
        SearchQuery query = new SearchQuery(fhir, registry, pages);
        return new StoredTypes(ServedTypes.names().stream()
                .<IResourceProvider>map(type -> new TypeProvider<>(dao(daos, type), query))
                .toList());
    }

    @Bean
    SystemProvider systemProvider(IFhirSystemDao<Bundle, Meta> dao) {
        return new SystemProvider(dao);
    }

    @Bean
    BundleStore bundleStore(DaoRegistry daos, IFhirSystemDao<Bundle, Meta> system) {
        return new BundleStore(daos, system);
    }

    @SuppressWarnings("unchecked")
    private static IFhirResourceDao<IBaseResource> dao(DaoRegistry daos, String type) {
        return daos.getResourceDao(type);
    }

    /** The search parameters of the IG package, and the base of its canonical URLs. */
    public record SearchParameters(List<SearchParameter> list, String canonicalBase) {}

    /** The providers of all stored types. */
    public record StoredTypes(List<IResourceProvider> providers) {}
}
