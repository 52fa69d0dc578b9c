// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.search.builder.QueryStack;
import ca.uhn.fhir.jpa.search.builder.predicate.ResourceLinkForHasParameterPredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.jpa.util.QueryParameterUtils;
import com.healthmarketscience.sqlbuilder.Condition;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code _has}, which finds only by what the sender of the request may see. HAPI asks for the paths of the
 * reference first and for the partition next, and puts the latter beside all other conditions of the hop.
 */
final class VisibleHasLinks extends ResourceLinkForHasParameterPredicateBuilder {

    private final Disclosures disclosures;
    private @Nullable String from;

    VisibleHasLinks(QueryStack query, SearchQueryBuilder search, Disclosures disclosures) {
        super(query, search);
        this.disclosures = disclosures;
    }

    @Override
    public List<String> createResourceLinkPaths(String type, String name, List<String> qualifiers) {
        from = type;
        return super.createResourceLinkPaths(type, name, qualifiers);
    }

    @Override
    public @Nullable Condition createPartitionIdPredicate(RequestPartitionId partition) {
        Condition ofPartition = super.createPartitionIdPredicate(partition);
        Optional<Viewer> viewer = from != null && !disclosures.isGuarded(from) ? Optional.empty() : Looking.viewer();
        if (viewer.isEmpty()) {
            return ofPartition;
        }
        String key = Columns.sql(getJoinColumnsForSource()[getJoinColumnsForSource().length - 1]);
        Condition seen = disclosures.condition(viewer.get(), key, from, getSearchQueryBuilder());
        return ofPartition == null ? seen : QueryParameterUtils.toAndPredicate(ofPartition, seen);
    }
}
