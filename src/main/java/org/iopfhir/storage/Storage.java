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
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryResourceMatcher;
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
import org.iopfhir.storage.database.Database;
import org.iopfhir.storage.disclosure.DisclosureBeans;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.ShownConflicts;
import org.iopfhir.storage.journal.AuditFiling;
import org.iopfhir.storage.journal.JournalBeans;
import org.iopfhir.storage.search.PageSettings;
import org.iopfhir.storage.search.SearchLimits;
import org.iopfhir.storage.search.SearchQuery;
import org.iopfhir.storage.search.SearchSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.jdbc.core.JdbcTemplate;
import org.springframework.orm.jpa.SharedEntityManagerCreator;

/** What this room offers to the wiring: the REST providers of all stored types and of the store as a whole. */
@Configuration(proxyBeanMethods = false)
@Import({Database.class, StorageRules.class, HapiJpa.class, JournalBeans.class, DisclosureBeans.class})
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
            PatientEverything everything,
            AuditEventProvider auditEvents,
            Access access,
            ShownConflicts conflicts) {
        List<Object> providers = new ArrayList<>();
        ServedTypes.names().stream()
                .filter(type -> !type.equals("AuditEvent"))
                .forEach(type -> providers.add(new TypeProvider<>(dao(daos, type), query, sameCondition, access)));
        providers.add(everything);
        providers.add(auditEvents);
        List<Object> hooks = List.of(new ConflictRetry(), access.searches(), conflicts);
        return new StoredTypes(providers, new OwnReferences(fhir), hooks);
    }

    @Bean
    SearchLimits searchLimits(SearchSettings search, ISearchParamRegistry registry) {
        return new SearchLimits(search, registry);
    }

    @Bean
    SearchQuery searchQuery(
            FhirContext fhir, ISearchParamRegistry registry, PageSettings pages, SearchLimits limits, Clock clock) {
        return new SearchQuery(fhir, registry, pages, limits, clock);
    }

    @Bean
    SystemProvider systemProvider(
            FhirContext fhir,
            IFhirSystemDao<Bundle, Meta> dao,
            BundleAnswers answers,
            SearchQuery query,
            DaoRegistry daos,
            SameCondition sameCondition,
            AuditSearch auditSearch,
            Access access) {
        BundleRequest requests = new BundleRequest(fhir, query, daos, access, auditSearch);
        return new SystemProvider(dao, requests, answers, sameCondition);
    }

    @Bean
    PatientEverything patientEverything(
            DaoRegistry daos,
            SearchBuilderFactory<JpaPid> loaders,
            IHapiTransactionService transactions,
            IInterceptorBroadcaster hooks,
            FhirContext fhir,
            DataSource dataSource,
            PageSettings pages,
            Access access,
            Disclosures disclosures) {
        PatientRecord record = new PatientRecord(fhir, new JdbcTemplate(dataSource), disclosures);
        return new PatientEverything(dao(daos, "Patient"), record, loaders, transactions, hooks, pages, access);
    }

    @Bean
    Within within(FhirContext fhir, InMemoryResourceMatcher matcher) {
        return new Within(fhir, matcher);
    }

    @Bean
    Access access(
            FhirContext fhir,
            Gate gate,
            Within within,
            DaoRegistry daos,
            MatchUrlService urls,
            ISearchParamRegistry registry,
            Disclosures disclosures,
            SearchLimits limits) {
        SearchGate searches = new SearchGate(fhir, gate, urls, new Joins(fhir, registry), disclosures);
        return new Access(gate, searches, within, daos, disclosures, limits);
    }

    @Bean
    AuditSearch auditSearch(
            DataSource dataSource, AuditFiling filing, PageSettings pages, SearchLimits limits, Clock clock) {
        return new AuditSearch(new JdbcTemplate(dataSource), filing, pages, limits, clock);
    }

    @Bean
    AuditEventProvider auditEventProvider(DaoRegistry daos, AuditSearch search, AuditForm form, Gate gate) {
        return new AuditEventProvider(dao(daos, "AuditEvent"), search, form, gate);
    }

    @Bean
    RecordOwners recordOwners(FhirContext fhir, DataSource dataSource) {
        return new RecordOwners(fhir, new JdbcTemplate(dataSource));
    }

    @Bean
    BundleStore bundleStore(DaoRegistry daos, IFhirSystemDao<Bundle, Meta> system) {
        return new BundleStore(daos, system);
    }

    @Bean
    EarlierRecords earlierRecords(DaoRegistry daos, IHapiTransactionService transactions, DataSource dataSource) {
        return new EarlierRecords(daos, transactions, new JdbcTemplate(dataSource));
    }

    @Bean
    PatientNames patientNames(DaoRegistry daos) {
        return new PatientNames(dao(daos, "Patient"));
    }

    @Bean
    EntryStore entryStore(DataSource dataSource, Clock clock) {
        EntryStore.bringUpToDate(dataSource);
        return new EntryStore(new JdbcTemplate(dataSource), clock);
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
     * The providers of all stored types, and what the wiring lets take part in every request.
     *
     * @param hooks interceptors of this room
     */
    public record StoredTypes(List<Object> providers, OwnReferences references, List<Object> hooks) {
        public StoredTypes {
            providers = List.copyOf(providers);
            hooks = List.copyOf(hooks);
        }
    }
}
