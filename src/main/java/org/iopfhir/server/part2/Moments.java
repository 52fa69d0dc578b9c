// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.part2;

import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.hl7.fhir.r4.model.DateTimeType;

/** Reads times in the parameters of an operation; a day, a month or a year is meant whole, in UTC. */
final class Moments {

    private Moments() {}

    static Instant begin(String name, DateTimeType value) {
        if (value.getValue() == null) {
            throw new InvalidRequestException(name + " must be a date, or a time with its zone");
        }
        return value.getValue().toInstant();
    }

    /** The first moment that is no longer meant. */
    static Instant end(String name, DateTimeType value) {
        ZonedDateTime begin = begin(name, value).atZone(ZoneOffset.UTC);
        return switch (value.getPrecision()) {
            case YEAR -> begin.plusYears(1).toInstant();
            case MONTH -> begin.plusMonths(1).toInstant();
            case DAY -> begin.plusDays(1).toInstant();
            default -> begin.toInstant();
        };
    }
}
