// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.search.builder.QueryStack;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import java.util.Date;
import org.jspecify.annotations.Nullable;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Scope;

/** What this room puts into HAPI's search. HAPI makes one of each for each search, and gives it its own arguments only. */
@Configuration(proxyBeanMethods = false)
class SearchConditions {

    private final ObjectProvider<Disclosures> disclosures;

    SearchConditions(ObjectProvider<Disclosures> disclosures) {
        this.disclosures = disclosures;
    }

    @Bean
    @Scope("prototype")
    VisibleIds visibleIds(SearchQueryBuilder search) {
        return new VisibleIds(search, disclosures.getObject());
    }

    @Bean
    @Scope("prototype")
    VisibleVersions visibleVersions(
            @Nullable String type, @Nullable JpaPid resource, @Nullable Date from, @Nullable Date until) {
        return new VisibleVersions(type, resource, from, until, disclosures.getObject());
    }

    @Bean
    @Scope("prototype")
    VisibleLinks visibleLinks(QueryStack query, SearchQueryBuilder search) {
        return new VisibleLinks(query, search, disclosures.getObject());
    }

    @Bean
    @Scope("prototype")
    VisibleHasLinks visibleHasLinks(QueryStack query, SearchQueryBuilder search) {
        return new VisibleHasLinks(query, search, disclosures.getObject());
    }
}
