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
import org.hl7.fhir.instance.model.api.IAnyResource;
import org.hl7.fhir.r4.model.IdType;
import org.iopfhir.storage.ServedTypes;
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
        Optional<Viewer> viewer = disclosures.viewer(request);
        boolean isPlain = values.stream().allMatch(VisibleLinks::isPlain);
        Condition link = isPlain && viewer.map(Viewer::isBound).orElse(false)
                ? links(createResourceLinkPaths(type, name, qualifiers), values, partition)
                : super.createPredicate(request, type, name, qualifiers, values, operation, partition);
        boolean isChain = values.stream().anyMatch(value -> value instanceof ReferenceParam to && to.hasChain());
        if (!isChain) {
            return link;
        }
        if (link == null || viewer.isEmpty()) {
            return link;
        }
        Condition seen = disclosures.condition(
                viewer.get(), Columns.sql(getColumnTargetResourceId()), null, getSearchQueryBuilder());
        Condition shared = new InCondition(
                getColumnTargetResourceType(), getSearchQueryBuilder().generatePlaceholders(disclosures.shared()));
        return QueryParameterUtils.toAndPredicate(link, ComboCondition.or(shared, seen));
    }

    /** What is not here has no key, and whatever else can be asked of a reference is left to HAPI. */
    private static boolean isPlain(IQueryParameterType value) {
        return value instanceof ReferenceParam to
                && (!to.hasChain() || to.getChain().equals(IAnyResource.SP_RES_ID))
                && to.getMissing() == null
                && to.getBaseUrl() == null
                && (to.getResourceType() == null || ServedTypes.names().contains(to.getResourceType()))
                && to.getIdPart() != null;
    }

    private Condition links(
            List<String> paths, List<? extends IQueryParameterType> values, RequestPartitionId partition) {
        List<IdType> ids = values.stream()
                .map(value -> (ReferenceParam) value)
                .map(to -> new IdType(to.getResourceType(), to.getIdPart()))
                .toList();
        Condition among = FoundKeys.among(Columns.sql(getColumnTargetResourceId()), ids, getSearchQueryBuilder());
        return combineWithRequestPartitionIdPredicate(
                partition, QueryParameterUtils.toAndPredicate(createPredicateSourcePaths(paths), among));
    }
}
