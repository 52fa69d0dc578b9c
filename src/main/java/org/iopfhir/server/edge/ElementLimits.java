// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.util.Locale;
import java.util.Set;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * What the text of one element may hold, the same for JSON and XML: a number within the limits where R4 has a decimal,
 * and a query within the limits where a Bundle carries one.
 */
final class ElementLimits {

    /** Elements of R4 that are a decimal, at least in one type. HAPI reads a decimal from quoted text, too. */
    static final Set<String> DECIMALS = Set.of(
            "add",
            "altitude",
            "amount",
            "answerDecimal",
            "backCurve",
            "conversionFactor",
            "cylinder",
            "defaultValueDecimal",
            "diameter",
            "duration",
            "durationMax",
            "fMeasure",
            "fScore",
            "factor",
            "factorOverride",
            "fixedDecimal",
            "from",
            "gtFP",
            "latitude",
            "level",
            "longitude",
            "lowerLimit",
            "maxValueDecimal",
            "minValueDecimal",
            "patternDecimal",
            "period",
            "periodMax",
            "points",
            "power",
            "precision",
            "probabilityDecimal",
            "queryFP",
            "queryTP",
            "recall",
            "relativeRisk",
            "score",
            "sensitivity",
            "sphere",
            "temperature",
            "to",
            "truthFN",
            "truthTP",
            "upperLimit",
            "value",
            "valueDecimal");

    /** Where {@code value} is text that may well look like a number: one in hundred hexadecimal ids is one. */
    private static final Set<String> WITH_TEXT_VALUE = Set.of("telecom", "uniqueid", "requisition");

    private final NumberLimit numbers;
    private final QueryLimits queries;

    ElementLimits(NumberLimit numbers, QueryLimits queries) {
        this.numbers = numbers;
        this.queries = queries;
    }

    /** Whether the text of such an element needs to be looked at; most need not, and some are megabytes of base64. */
    boolean concern(@Nullable String name, @Nullable String parent) {
        return name != null && (isDecimal(name, parent) || carriesQuery(name, parent));
    }

    /**
     * Check the text of an element that {@linkplain #concern concerns} these limits.
     *
     * @throws RefusedException when it is over a limit
     */
    void check(String name, @Nullable String parent, CharSequence text) {
        if (carriesQuery(name, parent)) {
            checkQuery(name, text.toString());
        } else {
            checkNumber(text);
        }
    }

    /** Check a number, or text that may become one. */
    void checkNumber(CharSequence text) {
        if (numbers.isExceededBy(text)) {
            throw new RefusedException(new Refusal.Malformed("A number may have at most " + numbers.maxLength()
                    + " characters and an exponent of at most " + numbers.maxExponent()));
        }
    }

    private static boolean isDecimal(String name, @Nullable String parent) {
        return DECIMALS.contains(name) && !(name.equals("value") && parent != null && hasTextValue(parent));
    }

    private static boolean hasTextValue(String parent) {
        String lower = parent.toLowerCase(Locale.ROOT);
        return lower.endsWith("identifier") || lower.endsWith("contactpoint") || WITH_TEXT_VALUE.contains(lower);
    }

    private static boolean carriesQuery(String name, @Nullable String parent) {
        return switch (name) {
            case "url" -> "request".equals(parent);
            case "ifNoneExist", "reference" -> true;
            default -> false;
        };
    }

    private void checkQuery(String name, String url) {
        if (name.equals("ifNoneExist") || url.indexOf('?') >= 0) {
            queries.check(url);
        }
    }
}
