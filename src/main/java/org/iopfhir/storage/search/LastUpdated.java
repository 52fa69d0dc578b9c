// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.rest.param.DateParam;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.param.ParamPrefixEnum;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.time.Instant;
import java.util.Date;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** {@code _lastUpdated}: one range, since the column holds one moment; each further condition narrows it. */
public final class LastUpdated {

    private LastUpdated() {}

    /**
     * The range that all of {@code values} leave.
     *
     * @throws InvalidRequestException for a list or {@code ne}, which no single range can say
     */
    public static DateRangeParam range(List<String> values, Instant now) {
        Instant from = null;
        Instant to = null;
        for (String value : values) {
            DateParam date = new DateParam(checked(value));
            ParamPrefixEnum prefix = date.getPrefix() == null ? ParamPrefixEnum.EQUAL : date.getPrefix();
            DateSpan span = DateSpan.of(date);
            DateSpan wide = prefix == ParamPrefixEnum.APPROXIMATE ? span.widened(now) : span;
            from = later(from, lower(prefix, wide));
            to = earlier(to, upper(prefix, wide));
        }
        DateRangeParam range = new DateRangeParam();
        if (from != null) {
            range.setLowerBoundInclusive(Date.from(from));
        }
        if (to != null) {
            range.setUpperBoundInclusive(Date.from(to));
        }
        return range;
    }

    private static String checked(String value) {
        if (value.contains(",") || value.startsWith("ne")) {
            throw new InvalidRequestException(
                    "_lastUpdated takes neither a list nor ne; ask for a range, such as _lastUpdated=ge2026-01-01");
        }
        return value;
    }

    private static @Nullable Instant lower(ParamPrefixEnum prefix, DateSpan span) {
        return switch (prefix) {
            case EQUAL, APPROXIMATE, GREATERTHAN_OR_EQUALS -> span.start();
            case GREATERTHAN, STARTS_AFTER -> span.end().plusMillis(1);
            case LESSTHAN, LESSTHAN_OR_EQUALS, ENDS_BEFORE, NOT_EQUAL -> null;
        };
    }

    private static @Nullable Instant upper(ParamPrefixEnum prefix, DateSpan span) {
        return switch (prefix) {
            case EQUAL, APPROXIMATE, LESSTHAN_OR_EQUALS -> span.end();
            case LESSTHAN, ENDS_BEFORE -> span.start().minusMillis(1);
            case GREATERTHAN, GREATERTHAN_OR_EQUALS, STARTS_AFTER, NOT_EQUAL -> null;
        };
    }

    private static @Nullable Instant later(@Nullable Instant a, @Nullable Instant b) {
        return a == null || (b != null && b.isAfter(a)) ? b : a;
    }

    private static @Nullable Instant earlier(@Nullable Instant a, @Nullable Instant b) {
        return a == null || (b != null && b.isBefore(a)) ? b : a;
    }
}
