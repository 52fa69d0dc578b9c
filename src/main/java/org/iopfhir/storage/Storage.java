// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.dao.SearchBuilderFactory;
import ca.uhn.fhir.jpa.dao.tx.IHapiTransactionService;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import jakarta.persistence.EntityManagerFactory;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.SearchParameter;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

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
    SameCondition sameCondition() {
        return new SameCondition();
    }

    @Bean
    StoredTypes storedTypes(
            FhirContext fhir,
            DaoRegistry daos,
            SearchQuery query,
            SameCondition sameCondition,
            PatientEverything everything) {
        List<Object> providers = new ArrayList<>();
        ServedTypes.names().forEach(type -> providers.add(new TypeProvider<>(dao(daos, type), query, sameCondition)));
        providers.add(everything);
        return new StoredTypes(providers, new OwnReferences(fhir), new ConflictRetry());
    }

    @Bean
    SearchQuery searchQuery(
            FhirContext fhir, ISearchParamRegistry registry, PageSettings pages, SearchSettings search, Clock clock) {
        return new SearchQuery(fhir, registry, pages, new SearchLimits(search, registry), clock);
    }

    @Bean
    SystemProvider systemProvider(
            FhirContext fhir,
            IFhirSystemDao<Bundle, Meta> dao,
            BundleAnswers answers,
            SearchQuery query,
            DaoRegistry daos,
            SameCondition sameCondition) {
        return new SystemProvider(dao, new BundleRequest(fhir, query, daos), answers, sameCondition);
    }

    @Bean
    PatientEverything patientEverything(
            DaoRegistry daos,
            SearchBuilderFactory<JpaPid> loaders,
            IHapiTransactionService transactions,
            IInterceptorBroadcaster hooks,
            FhirContext fhir,
            DataSource dataSource,
            PageSettings pages) {
        PatientRecord record = new PatientRecord(fhir, new JdbcTemplate(dataSource));
        return new PatientEverything(dao(daos, "Patient"), record, loaders, transactions, hooks, pages);
    }

    @Bean
    BundleStore bundleStore(DaoRegistry daos, IFhirSystemDao<Bundle, Meta> system) {
        return new BundleStore(daos, system);
    }

    @Bean
    RecordFinder recordFinder(
            FhirContext fhir, ISearchParamRegistry registry, DataSource dataSource, EntityManagerFactory entities) {
        CurrentVersions versions = new CurrentVersions(fhir, registry, new JdbcTemplate(dataSource));
        return new RecordFinder(versions, SharedEntityManagerCreator.createSharedEntityManager(entities));
    }

    @SuppressWarnings("unchecked")
    private static <T extends IBaseResource> IFhirResourceDao<T> dao(DaoRegistry daos, String type) {
        return daos.getResourceDao(type);
    }

    /** The search parameters of the IG package, and the base of its canonical URLs. */
    public record SearchParameters(List<SearchParameter> list, String canonicalBase) {}

    /**
     * The providers of all stored types, and what the wiring lets take part in every write.
     */
    public record StoredTypes(List<Object> providers, OwnReferences references, ConflictRetry conflicts) {
        public StoredTypes {
            providers = List.copyOf(providers);
        }
    }
}
