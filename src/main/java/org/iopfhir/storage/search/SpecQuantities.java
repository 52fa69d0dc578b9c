// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.predicate.SearchFilterParser.CompareOperation;
import ca.uhn.fhir.jpa.search.builder.predicate.BaseQuantityPredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.predicate.QuantityPredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.rest.param.QuantityParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import com.healthmarketscience.sqlbuilder.Condition;
import jakarta.persistence.criteria.CriteriaBuilder;
import org.jspecify.annotations.Nullable;

/** The SQL of a quantity in a search; see {@link SpecNumbers}. */
public final class SpecQuantities extends QuantityPredicateBuilder {

    public SpecQuantities(SearchQueryBuilder sql) {
        super(sql);
    }

    @Override
    public Condition createPredicateQuantity(
            QuantityParam quantity,
            String type,
            String parameter,
            @Nullable CriteriaBuilder builder,
            BaseQuantityPredicateBuilder from,
            @Nullable CompareOperation prefixOfTheFirst,
            RequestPartitionId partition) {
        if (quantity.getValue() == null) {
            throw new InvalidRequestException(parameter + " must begin with a number");
        }
        return SpecNumbers.condition(quantity.getPrefix(), quantity.getValue(), (operation, value) -> {
            QuantityParam bound = new QuantityParam(null, value, quantity.getSystem(), quantity.getUnits());
            return super.createPredicateQuantity(bound, type, parameter, builder, from, operation, partition);
        });
    }
}
