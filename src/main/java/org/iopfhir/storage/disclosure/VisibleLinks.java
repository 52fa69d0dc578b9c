// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.predicate.SearchFilterParser.CompareOperation;
import ca.uhn.fhir.jpa.search.builder.QueryStack;
import ca.uhn.fhir.jpa.search.builder.predicate.ResourceLinkPredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.jpa.util.QueryParameterUtils;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.ReferenceParam;
import com.healthmarketscience.sqlbuilder.ComboCondition;
import com.healthmarketscience.sqlbuilder.Condition;
import com.healthmarketscience.sqlbuilder.InCondition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The SQL of a reference, which leads a chain on only through what the sender of the request may see. */
final class VisibleLinks extends ResourceLinkPredicateBuilder {

    private final Disclosures disclosures;

    VisibleLinks(QueryStack query, SearchQueryBuilder search, Disclosures disclosures) {
        super(query, search);
        this.disclosures = disclosures;
    }

    @Override
    public @Nullable Condition createPredicate(
            RequestDetails request,
            String type,
            String name,
            List<String> qualifiers,
            List<? extends IQueryParameterType> values,
            CompareOperation operation,
            RequestPartitionId partition) {
        Condition link = super.createPredicate(request, type, name, qualifiers, values, operation, partition);
        boolean isChain = values.stream().anyMatch(value -> value instanceof ReferenceParam to && to.hasChain());
        Optional<Viewer> viewer = isChain ? disclosures.viewer(request) : Optional.empty();
        if (link == null || viewer.isEmpty()) {
            return link;
        }
        Condition seen = disclosures.condition(
                viewer.get(), Columns.sql(getColumnTargetResourceId()), null, getSearchQueryBuilder());
        Condition shared = new InCondition(
                getColumnTargetResourceType(), getSearchQueryBuilder().generatePlaceholders(disclosures.shared()));
        return QueryParameterUtils.toAndPredicate(link, ComboCondition.or(shared, seen));
    }
}
