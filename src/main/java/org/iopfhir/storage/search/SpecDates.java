// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.jpa.dao.predicate.SearchFilterParser.CompareOperation;
import ca.uhn.fhir.jpa.search.builder.predicate.DatePredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.model.api.TemporalPrecisionEnum;
import ca.uhn.fhir.rest.param.DateParam;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import com.healthmarketscience.sqlbuilder.ComboCondition;
import com.healthmarketscience.sqlbuilder.Condition;
import com.healthmarketscience.sqlbuilder.dbspec.basic.DbColumn;
import java.time.Clock;

/**
 * The SQL of a date in a search, wherever it stands: alone, in a list, in a chain, in {@code _has}, in a composite.
 *
 * <p>HAPI's own widens {@code ge1980} to the end of that year, knows no {@code ap}, and lets the first prefix of a list
 * decide for all. Here each value is the range it names, and each prefix compares it with the range of the element.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#prefix">FHIR R4 prefixes</a>
 */
public final class SpecDates extends DatePredicateBuilder {

    private final Clock clock;

    public SpecDates(SearchQueryBuilder sql, Clock clock) {
        super(sql);
        this.clock = clock;
    }

    @Override
    public Condition createPredicateDateWithoutIdentityPredicate(
            IQueryParameterType parameter, CompareOperation prefixOfTheFirst) {
        if (!(parameter instanceof DateParam date) || date.isEmpty()) {
            return super.createPredicateDateWithoutIdentityPredicate(parameter, prefixOfTheFirst);
        }
        ParamPrefixEnum prefix = date.getPrefix() == null ? ParamPrefixEnum.EQUAL : date.getPrefix();
        DateSpan span = DateSpan.of(date);
        if (prefix == ParamPrefixEnum.APPROXIMATE) {
            span = span.widened(clock.instant());
        }
        // A day is compared as written, whatever the time zones: the ordinals hold the day of the element's own text.
        boolean asDays = date.getPrecision().compareTo(TemporalPrecisionEnum.DAY) <= 0;
        return asDays
                ? compare(
                        prefix,
                        column("SP_VALUE_LOW_DATE_ORDINAL"),
                        column("SP_VALUE_HIGH_DATE_ORDINAL"),
                        span.firstDay(),
                        span.lastDay())
                : compare(prefix, column("SP_VALUE_LOW"), column("SP_VALUE_HIGH"), span.first(), span.last());
    }

    /**
     * Compare the element's range {@code low..high} with the range {@code first..last} of the search; ends included.
     */
    private Condition compare(ParamPrefixEnum prefix, DbColumn low, DbColumn high, Object first, Object last) {
        return switch (prefix) {
            case EQUAL -> ComboCondition.and(atLeast(low, first), atMost(high, last));
            case NOT_EQUAL -> ComboCondition.or(before(low, first), after(high, last));
            case GREATERTHAN -> after(high, last);
            case LESSTHAN -> before(low, first);
            case GREATERTHAN_OR_EQUALS -> atLeast(high, first);
            case LESSTHAN_OR_EQUALS -> atMost(low, last);
            case STARTS_AFTER -> after(low, last);
            case ENDS_BEFORE -> before(high, first);
            case APPROXIMATE -> ComboCondition.and(atMost(low, last), atLeast(high, first));
        };
    }

    private Condition atLeast(DbColumn column, Object value) {
        return createConditionForValueWithComparator(ParamPrefixEnum.GREATERTHAN_OR_EQUALS, column, value);
    }

    private Condition atMost(DbColumn column, Object value) {
        return createConditionForValueWithComparator(ParamPrefixEnum.LESSTHAN_OR_EQUALS, column, value);
    }

    private Condition after(DbColumn column, Object value) {
        return createConditionForValueWithComparator(ParamPrefixEnum.GREATERTHAN, column, value);
    }

    private Condition before(DbColumn column, Object value) {
        return createConditionForValueWithComparator(ParamPrefixEnum.LESSTHAN, column, value);
    }

    private DbColumn column(String name) {
        return getTable().findColumn(name);
    }
}
