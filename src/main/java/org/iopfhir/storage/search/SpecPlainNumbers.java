// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.interceptor.model.RequestPartitionId;
import ca.uhn.fhir.jpa.dao.predicate.SearchFilterParser.CompareOperation;
import ca.uhn.fhir.jpa.search.builder.predicate.NumberPredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.param.NumberParam;
import com.healthmarketscience.sqlbuilder.Condition;
import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** The SQL of a number in a search; see {@link SpecNumbers}. */
public final class SpecPlainNumbers extends NumberPredicateBuilder {

    public SpecPlainNumbers(SearchQueryBuilder sql) {
        super(sql);
    }

    @Override
    public Condition createPredicateNumeric(
            String type,
            String parameter,
            @Nullable CompareOperation prefixOfTheFirst,
            BigDecimal number,
            RequestPartitionId partition,
            IQueryParameterType actual) {
        if (!(actual instanceof NumberParam written)) {
            return super.createPredicateNumeric(type, parameter, prefixOfTheFirst, number, partition, actual);
        }
        return SpecNumbers.condition(
                written.getPrefix(),
                number,
                (operation, value) ->
                        super.createPredicateNumeric(type, parameter, operation, value, partition, actual));
    }
}
