// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.regex.Pattern;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;

/**
 * Holds a query to the limits. It names a parameter by its place, never by its content, since names and values may tell
 * about a person.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#escaping">Escaping in search parameters</a>
 */
final class QueryLimits {

    /**
     * Search parameters of R4 whose values HAPI reads as numbers. Only these are held to the number limit: to a token
     * search {@code 5e123456} is an identifier like any other.
     */
    static final Set<String> NUMERIC = Set.of(
            "abatement-age",
            "code-value-quantity",
            "combo-code-value-quantity",
            "combo-value-quantity",
            "component-code-value-quantity",
            "component-value-quantity",
            "characteristic-value",
            "chromosome-variant-coordinate",
            "chromosome-window-coordinate",
            "context-quantity",
            "context-type-quantity",
            "factor-override",
            "length",
            "near",
            "onset-age",
            "price-override",
            "probability",
            "quantity",
            "referenceseqid-variant-coordinate",
            "referenceseqid-window-coordinate",
            "totalgross",
            "totalnet",
            "value-quantity",
            "variant-end",
            "variant-start",
            "window-end",
            "window-start");

    private static final Pattern NAME_PARTS = Pattern.compile("[?:.]");
    private static final Pattern VALUE_PARTS = Pattern.compile("[,|$]");
    private static final Pattern PREFIX = Pattern.compile("^\\s*[a-zA-Z]+");

    private final EdgeSettings.Query limits;
    private final NumberLimit numbers;

    QueryLimits(EdgeSettings.Query limits, NumberLimit numbers) {
        this.limits = limits;
        this.numbers = numbers;
    }

    /**
     * Check a query.
     *
     * @param query still percent-encoded; a path with its question mark may come before it
     * @throws RefusedException when it is over a limit or cannot be decoded
     */
    void check(String query) {
        if (query.length() > limits.maxLength()) {
            throw tooCostly("A query may have at most " + limits.maxLength() + " characters; ask for less at a time");
        }
        int place = 0;
        int from = 0;
        while (from <= query.length()) {
            int end = query.indexOf('&', from);
            end = end < 0 ? query.length() : end;
            if (end > from) {
                place++;
                if (place > limits.maxParameters()) {
                    throw tooCostly("A query may have at most " + limits.maxParameters()
                            + " parameters; join values of one parameter by commas, or ask for less at a time");
                }
                checkParameter(query.substring(from, end), place);
            }
            from = end + 1;
        }
    }

    private void checkParameter(String encoded, int place) {
        int equals = encoded.indexOf('=');
        String name = decode(equals < 0 ? encoded : encoded.substring(0, equals), place);
        String value = equals < 0 ? "" : decode(encoded.substring(equals + 1), place);
        if (values(value) > limits.maxValues()) {
            throw tooCostly("A parameter may list at most " + limits.maxValues()
                    + " values; ask for less at a time (parameter " + place + " of the query)");
        }
        if (mayBeNumber(name)) {
            for (String part : VALUE_PARTS.split(value, -1)) {
                if (numbers.isExceededBy(PREFIX.matcher(part).replaceFirst(""))) {
                    throw malformed("A number may have at most " + numbers.maxLength()
                            + " characters and an exponent of at most " + numbers.maxExponent() + " (parameter "
                            + place + " of the query)");
                }
            }
        }
    }

    private static String decode(String encoded, int place) {
        String decoded;
        try {
            decoded = URLDecoder.decode(encoded, StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw malformed(
                    "A percent sign must be followed by two hexadecimal digits (parameter " + place + " of the query)");
        }
        if (decoded.indexOf('\0') >= 0 || decoded.indexOf('\uFFFD') >= 0) {
            throw malformed("A query must be percent-encoded UTF-8 text (parameter " + place + " of the query)");
        }
        return decoded;
    }

    private static int values(String value) {
        int values = 1;
        for (int at = 0; at < value.length(); at++) {
            char c = value.charAt(at);
            if (c == '\\') {
                at++;
            } else if (c == ',') {
                values++;
            }
        }
        return values;
    }

    /** Chains and {@code _has} carry the name that counts in one of their parts. */
    private static boolean mayBeNumber(String name) {
        for (String part : NAME_PARTS.split(name, -1)) {
            if (NUMERIC.contains(part)) {
                return true;
            }
        }
        return false;
    }

    private static RefusedException tooCostly(String text) {
        return new RefusedException(new Refusal.TooCostly(text));
    }

    private static RefusedException malformed(String text) {
        return new RefusedException(new Refusal.Malformed(text));
    }
}
