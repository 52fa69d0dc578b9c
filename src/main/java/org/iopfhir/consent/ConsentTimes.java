// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import ca.uhn.fhir.model.api.TemporalPrecisionEnum;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.ZonedDateTime;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Period;

/**
 * When a provision is in force, and of what time the records are that it is about. A day ends at its end in UTC, and so
 * does a month or a year.
 *
 * @param from      from when on, never before the consent was signed
 * @param until     until when; {@link Clause#FOREVER} when an event ends it, since then its status says so
 * @param dataFrom  records from then on
 * @param dataUntil records before then
 */
public record ConsentTimes(Instant from, Instant until, Instant dataFrom, Instant dataUntil) {

    static ConsentTimes of(Consent consent, ProvisionComponent provision) {
        Period period = provision.getPeriod();
        Period data = provision.getDataPeriod();
        Instant signed = begin(consent.getDateTimeElement());
        Instant begin = begin(period.getStartElement());
        return new ConsentTimes(
                signed.isAfter(begin) ? signed : begin,
                end(period.getEndElement()),
                begin(data.getStartElement()),
                end(data.getEndElement()));
    }

    /** The same, within the bounds of the provision around it. */
    ConsentTimes within(ConsentTimes outer) {
        return new ConsentTimes(
                later(from, outer.from),
                earlier(until, outer.until),
                later(dataFrom, outer.dataFrom),
                earlier(dataUntil, outer.dataUntil));
    }

    /** Of what denies, which does not wait for the day on which it was signed. */
    static ConsentTimes ofDenial(ProvisionComponent provision) {
        Period period = provision.getPeriod();
        Period data = provision.getDataPeriod();
        return new ConsentTimes(
                begin(period.getStartElement()),
                end(period.getEndElement()),
                begin(data.getStartElement()),
                end(data.getEndElement()));
    }

    private static Instant later(Instant one, Instant other) {
        return one.isAfter(other) ? one : other;
    }

    private static Instant earlier(Instant one, Instant other) {
        return one.isBefore(other) ? one : other;
    }

    private static Instant begin(DateTimeType time) {
        return time.getValue() == null ? Clause.BEGINNING : first(time);
    }

    private static Instant end(DateTimeType time) {
        if (time.getValue() == null) {
            return Clause.FOREVER;
        }
        ZonedDateTime first = first(time).atZone(ZoneOffset.UTC);
        return switch (time.getPrecision()) {
            case YEAR -> first.plusYears(1).toInstant();
            case MONTH -> first.plusMonths(1).toInstant();
            case DAY -> first.plusDays(1).toInstant();
            default -> first.toInstant().plusMillis(1);
        };
    }

    /** A date has no zone, and HAPI would take that of the machine for it. */
    static Instant first(BaseDateTimeType time) {
        if (time.getPrecision().compareTo(TemporalPrecisionEnum.DAY) > 0) {
            return time.getValue().toInstant();
        }
        int month = time.getPrecision() == TemporalPrecisionEnum.YEAR ? 1 : time.getMonth() + 1;
        int day = time.getPrecision() == TemporalPrecisionEnum.DAY ? time.getDay() : 1;
        return LocalDate.of(time.getYear(), month, day)
                .atStartOfDay(ZoneOffset.UTC)
                .toInstant();
    }
}
