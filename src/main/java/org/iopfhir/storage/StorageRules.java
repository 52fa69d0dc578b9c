// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.api.model.HistoryCountModeEnum;
import ca.uhn.fhir.jpa.model.config.PartitionSettings;
import ca.uhn.fhir.jpa.model.entity.StorageSettings.IndexEnabledEnum;
import java.util.Set;
import org.iopfhir.storage.database.DatabaseSettings;
import org.iopfhir.storage.search.PageSettings;
import org.iopfhir.storage.search.SearchSettings;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** Every storage setting that differs from HAPI's default, each with its reason. */
@Configuration(proxyBeanMethods = false)
class StorageRules {

    @Bean
    JpaStorageSettings jpaStorageSettings(PageSettings pages, SearchSettings search, DatabaseSettings database) {
        JpaStorageSettings s = new JpaStorageSettings();
        identity(s);
        searching(s, pages, search);
        indexing(s);
        closing(s);
        // HAPI's twenty threads would take the connections of requests that were let in (see Admission).
        s.setBundleBatchPoolSize(database.batchThreads());
        s.setBundleBatchMaxPoolSize(database.batchThreads());
        // A count that is kept would be shared by callers who see different things, and is wrong after a write.
        s.setHistoryCountMode(HistoryCountModeEnum.COUNT_ACCURATE);
        return s;
    }

    @Bean
    PartitionSettings partitionSettings() {
        return new PartitionSettings();
    }

    private static void identity(JpaStorageSettings s) {
        // Sequential ids can be guessed, and tell how many patients there are.
        s.setResourceServerIdStrategy(JpaStorageSettings.IdStrategyEnum.UUID);
        // An EHR may keep its own ids with PUT; purely numeric ones would collide with HAPI's internal keys.
        s.setResourceClientIdStrategy(JpaStorageSettings.ClientIdStrategyEnum.ALPHANUMERIC);
        s.setTreatBaseUrlsAsLocal(Set.of());
    }

    private static void searching(JpaStorageSettings s, PageSettings pages, SearchSettings search) {
        // A reused search would show what has changed since, or what another caller may see.
        s.setReuseCachedSearchResultsForMillis(null);
        s.setFetchSizeDefaultMaximum(pages.maximum());
        // What is more it cuts off without a word; SearchLimits refuses it.
        s.setMaximumIncludesToLoadPerPage(search.includedOrHidden());
        s.setAllowContainsSearches(true);
        s.setDefaultTotalMode(null);
        s.setMaximumTransactionBundleSize(null);
        s.setAccessMetaSourceInformationFromProvenanceTable(false);
        s.setStoreMetaSourceInformation(JpaStorageSettings.StoreMetaSourceInformationEnum.SOURCE_URI);
        s.setLanguageSearchParameterEnabled(true);
    }

    private static void indexing(JpaStorageSettings s) {
        s.setIndexMissingFields(IndexEnabledEnum.ENABLED);
        s.setIndexIdentifierOfType(true);
        s.setIndexOnContainedResources(false);
        s.setHibernateSearchIndexFullText(false);
        s.setAutoVersionReferenceAtPaths(Set.of());
        // Search parameters are fixed per release, so nothing may trigger a reindex in the background.
        s.setMarkResourcesForReindexingUponSearchParameterChange(false);
        // Without it HAPI would not take ours either; clients cannot write any (ReleasedSearchParameters).
        s.setDefaultSearchParamsCanBeOverridden(true);
    }

    private static void closing(JpaStorageSettings s) {
        s.setAllowMultipleDelete(false);
        s.setExpungeEnabled(false);
        s.setDeleteExpungeEnabled(false);
        s.setFilterParameterEnabled(false);
        s.setAllowExternalReferences(false);
        s.setEnableTaskBulkExportJobExecution(false);
        s.setEnableTaskBulkImportJobExecution(false);
        s.setEnableTaskPreExpandValueSets(false);
        s.setEnableTaskStaleSearchCleanup(false);
        s.setEnableTaskResourceReindexing(false);
        s.setPreExpandValueSets(false);
        s.setSchedulingDisabled(true);
    }
}
