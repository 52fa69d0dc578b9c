// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.jpa.dao.predicate.SearchFilterParser.CompareOperation;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import com.healthmarketscience.sqlbuilder.ComboCondition;
import com.healthmarketscience.sqlbuilder.Condition;
import java.math.BigDecimal;
import java.util.function.BiFunction;
import org.jspecify.annotations.Nullable;

/**
 * What a number of a search names. As written, 5.4 is all that rounds to it; HAPI compares with the number alone, and
 * lets the first prefix of a list decide for all.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#number">FHIR R4 number searches</a>
 */
final class SpecNumbers {

    private static final BigDecimal HALF = new BigDecimal("0.5");
    private static final BigDecimal APPROXIMATE_SHARE = new BigDecimal("0.1");

    private SpecNumbers() {}

    /**
     * The condition that {@code prefix} and {@code value} make.
     *
     * @param one makes the condition of one comparison
     */
    static Condition condition(
            @Nullable ParamPrefixEnum prefix,
            BigDecimal value,
            BiFunction<CompareOperation, BigDecimal, Condition> one) {
        BigDecimal half = value.ulp().multiply(HALF);
        BigDecimal share = value.abs().multiply(APPROXIMATE_SHARE);
        return switch (prefix == null ? ParamPrefixEnum.EQUAL : prefix) {
            case EQUAL ->
                ComboCondition.and(
                        one.apply(CompareOperation.ge, value.subtract(half)),
                        one.apply(CompareOperation.lt, value.add(half)));
            case NOT_EQUAL ->
                ComboCondition.or(
                        one.apply(CompareOperation.lt, value.subtract(half)),
                        one.apply(CompareOperation.ge, value.add(half)));
            case APPROXIMATE ->
                ComboCondition.and(
                        one.apply(CompareOperation.ge, value.subtract(share)),
                        one.apply(CompareOperation.le, value.add(share)));
            case GREATERTHAN, STARTS_AFTER -> one.apply(CompareOperation.gt, value);
            case LESSTHAN, ENDS_BEFORE -> one.apply(CompareOperation.lt, value);
            case GREATERTHAN_OR_EQUALS -> one.apply(CompareOperation.ge, value);
            case LESSTHAN_OR_EQUALS -> one.apply(CompareOperation.le, value);
        };
    }
}
