// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.batch2.api.IJobCoordinator;
import ca.uhn.fhir.batch2.api.IJobPartitionProvider;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.config.ThreadPoolFactoryConfig;
import ca.uhn.fhir.jpa.api.dao.IFhirSystemDao;
import ca.uhn.fhir.jpa.binary.api.IBinaryStorageSvc;
import ca.uhn.fhir.jpa.binstore.DatabaseBinaryContentStorageSvcImpl;
import ca.uhn.fhir.jpa.cache.IResourceTypeCacheSvc;
import ca.uhn.fhir.jpa.config.JpaConfig;
import ca.uhn.fhir.jpa.dao.IResourceMetadataExtractorSvc;
import ca.uhn.fhir.jpa.dao.data.IResourceHistoryProvenanceDao;
import ca.uhn.fhir.jpa.dao.data.IResourceHistoryTagDao;
import ca.uhn.fhir.jpa.dao.data.IResourceTagDao;
import ca.uhn.fhir.jpa.dao.data.IResourceTypeDao;
import ca.uhn.fhir.jpa.dao.r4.FhirSystemDaoR4;
import ca.uhn.fhir.jpa.dao.tx.IHapiTransactionService;
import ca.uhn.fhir.jpa.search.DatabaseBackedPagingProvider;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.jpa.term.TermVersionAdapterSvcR4;
import ca.uhn.fhir.jpa.term.api.ITermVersionAdapterSvc;
import ca.uhn.fhir.jpa.util.MemoryCacheService;
import ca.uhn.fhir.rest.api.server.storage.IDeleteExpungeJobSubmitter;
import java.time.Clock;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Meta;
import org.iopfhir.storage.search.SpecDates;
import org.iopfhir.storage.search.SpecPlainNumbers;
import org.iopfhir.storage.search.SpecQuantities;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Import;
import org.springframework.context.annotation.Scope;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * The part of HAPI JPA that this server runs: its core for R4 and the DAOs of the served types. HAPI's own R4
 * configuration would add the DAOs and providers of all 146 types, GraphQL, merge and the anonymous admin operations.
 */
@Configuration(proxyBeanMethods = false)
@Import({JpaConfig.class, ThreadPoolFactoryConfig.class, TypeDaos.class, HapiBeans.class})
class HapiJpa {

    private final Clock clock;

    HapiJpa(Clock clock) {
        this.clock = clock;
    }

    @Bean
    ITermVersionAdapterSvc terminologyVersionAdapterSvc() {
        return new TermVersionAdapterSvcR4();
    }

    @Bean
    BundleAnswers transactionProcessorVersionFacade() {
        return new BundleAnswers();
    }

    @Bean
    NarrativeLinks transactions() {
        return new NarrativeLinks();
    }

    @Bean
    @Scope("prototype")
    SpecDates specDates(SearchQueryBuilder sql) {
        return new SpecDates(sql, clock);
    }

    @Bean
    @Scope("prototype")
    SpecQuantities specQuantities(SearchQueryBuilder sql) {
        return new SpecQuantities(sql);
    }

    @Bean
    @Scope("prototype")
    SpecPlainNumbers specPlainNumbers(SearchQueryBuilder sql) {
        return new SpecPlainNumbers(sql);
    }

    @Bean(name = "mySystemDaoR4")
    IFhirSystemDao<Bundle, Meta> systemDao() {
        return new FhirSystemDaoR4();
    }

    /** HAPI's search asks for one; the REST layer is never given it, so that no page is kept (see SearchQuery). */
    @Bean
    DatabaseBackedPagingProvider pagingProvider() {
        return new DatabaseBackedPagingProvider();
    }

    @Bean
    IJobCoordinator jobCoordinator() {
        return NoBatchJobs.inPlaceOf(IJobCoordinator.class);
    }

    @Bean
    IJobPartitionProvider jobPartitionProvider() {
        return NoBatchJobs.inPlaceOf(IJobPartitionProvider.class);
    }

    @Bean
    IDeleteExpungeJobSubmitter noDeleteExpunge() {
        return NoBatchJobs.inPlaceOf(IDeleteExpungeJobSubmitter.class);
    }

    @Bean
    IResourceTypeCacheSvc resourceTypesServed(
            IHapiTransactionService transactions, IResourceTypeDao dao, MemoryCacheService cache, DataSource pool) {
        return new ResourceTypesServed(transactions, dao, cache, pool);
    }

    @Bean
    IResourceMetadataExtractorSvc tagsOfPage(
            JpaStorageSettings settings,
            IResourceHistoryTagDao historyTags,
            IResourceTagDao tags,
            IResourceHistoryProvenanceDao provenances,
            DataSource pool) {
        return new TagsOfPage(settings, historyTags, tags, provenances, new JdbcTemplate(pool));
    }

    @Bean
    IBinaryStorageSvc binaryStorageSvc() {
        return new DatabaseBinaryContentStorageSvcImpl();
    }
}
