// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.rest.param.DateParam;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Date;

/**
 * What a date of a search names: a year is all of its days, a minute all of its milliseconds.
 *
 * @param start    its first millisecond
 * @param end      its last
 * @param startDay its first day, as written
 * @param endDay   its last
 */
record DateSpan(Instant start, Instant end, LocalDate startDay, LocalDate endDay) {

    /** The share of the distance to now by which {@code ap} widens, as the spec recommends. */
    private static final int APPROXIMATE_SHARE = 10;

    static DateSpan of(DateParam date) {
        String text = date.getValueAsString();
        return switch (date.getPrecision()) {
            case YEAR -> days(LocalDate.parse(text + "-01-01"), ChronoUnit.YEARS);
            case MONTH -> days(LocalDate.parse(text + "-01"), ChronoUnit.MONTHS);
            case DAY -> days(LocalDate.parse(text), ChronoUnit.DAYS);
            case MINUTE -> moments(date.getValue().toInstant(), Duration.ofMinutes(1));
            case SECOND -> moments(date.getValue().toInstant(), Duration.ofSeconds(1));
            case MILLI -> moments(date.getValue().toInstant(), Duration.ofMillis(1));
        };
    }

    private static DateSpan days(LocalDate from, ChronoUnit unit) {
        LocalDate after = from.plus(1, unit);
        return new DateSpan(midnight(from), midnight(after).minusMillis(1), from, after.minusDays(1));
    }

    private static DateSpan moments(Instant from, Duration length) {
        Instant last = from.plus(length).minusMillis(1);
        return new DateSpan(from, last, day(from), day(last));
    }

    /** Wider at both ends by a tenth of the distance to {@code now}, and by a whole day where days are compared. */
    DateSpan widened(Instant now) {
        Instant nearest = now.isBefore(start) ? start : now.isAfter(end) ? end : now;
        Duration by = Duration.between(nearest, now).abs().dividedBy(APPROXIMATE_SHARE);
        return new DateSpan(
                start.minus(by), end.plus(by), startDay.minusDays(by.toDays()), endDay.plusDays(by.toDays()));
    }

    Date first() {
        return Date.from(start);
    }

    Date last() {
        return Date.from(end);
    }

    /** As HAPI keeps days: 2026-03-04 is 20260304. */
    int firstDay() {
        return ordinal(startDay);
    }

    int lastDay() {
        return ordinal(endDay);
    }

    private static int ordinal(LocalDate day) {
        return (day.getYear() * 100 + day.getMonthValue()) * 100 + day.getDayOfMonth();
    }

    /** HAPI indexes a time without a zone in the zone of the JVM, which the server sets to UTC. */
    private static Instant midnight(LocalDate day) {
        return day.atStartOfDay(ZoneOffset.UTC).toInstant();
    }

    private static LocalDate day(Instant moment) {
        return LocalDate.ofInstant(moment, ZoneOffset.UTC);
    }
}
