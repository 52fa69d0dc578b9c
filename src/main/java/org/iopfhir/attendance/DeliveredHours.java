// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import java.time.DayOfWeek;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.temporal.ChronoUnit;
import java.time.temporal.TemporalAdjusters;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.iopfhir.outcome.Problem;

/**
 * Look at the hours that were delivered in the whole weeks before a session. The week of the session itself is not over,
 * so nothing can be said of it.
 *
 * @param zone time zone of the program
 */
record DeliveredHours(ZoneId zone) {
    private static final String ATTENDANCE = "https://iop-fhir.org/fhir/StructureDefinition/attendance";
    private static final Set<String> TOOK_PART = Set.of("present", "late", "partial");
    private static final int WEEKS = 2;
    private static final int ENOUGH_PERCENT = 75;
    private static final Duration THREE_HOURS = Duration.ofHours(3);

    /** When the two weeks begin that are looked at for a session. */
    Instant beginOfWeeksBefore(Encounter session) {
        return monday(dayOf(session)).minusWeeks(WEEKS).atStartOfDay(zone).toInstant();
    }

    /** When the week of a session begins, of which nothing can be said yet. */
    Instant endOfWeeksBefore(Encounter session) {
        return monday(dayOf(session)).atStartOfDay(zone).toInstant();
    }

    /** Whether a plan has hours in the two weeks before a session, so that it matters what was delivered. */
    boolean isPlannedBefore(Encounter session, CarePlan plan) {
        LocalDate end = monday(dayOf(session));
        return planned(plan, end.minusWeeks(WEEKS), end) > 0;
    }

    private static double planned(CarePlan plan, LocalDate start, LocalDate end) {
        return Phase.of(plan).stream()
                .mapToDouble(phase -> phase.hours().doubleValue() / 7 * daysWithin(phase, start, end))
                .sum();
    }

    static LocalDate monday(LocalDate day) {
        return day.with(TemporalAdjusters.previousOrSame(DayOfWeek.MONDAY));
    }

    LocalDate dayOf(Encounter session) {
        return session.getPeriod().getStart().toInstant().atZone(zone).toLocalDate();
    }

    /**
     * Check the two weeks before a session.
     *
     * @param sessions those of the same episode in that time, of whatever status
     */
    Optional<Problem> attendance(Encounter session, CarePlan plan, List<Encounter> sessions) {
        LocalDate end = monday(dayOf(session));
        LocalDate start = end.minusWeeks(WEEKS);
        double planned = planned(plan, start, end);
        double delivered = sessions.stream()
                        .filter(DeliveredHours::isDelivered)
                        .filter(other ->
                                !dayOf(other).isBefore(start) && dayOf(other).isBefore(end))
                        .mapToLong(other -> length(other).toMinutes())
                        .sum()
                / 60.0;
        if (planned == 0 || delivered * 100 >= planned * ENOUGH_PERCENT) {
            return Optional.empty();
        }
        String found =
                String.format(Locale.ROOT, "%.1f of %.1f hours in the two weeks before %s", delivered, planned, end);
        return Optional.of(HourRule.ATTENDANCE.broken("Encounter.period", found));
    }

    /** Check the week before a session that is billed as H0015, where that week was billed so, too. */
    Optional<Problem> h0015(Encounter session, List<Encounter> sessions) {
        LocalDate end = monday(dayOf(session));
        Map<LocalDate, Duration> days = sessions.stream()
                .filter(DeliveredHours::isDelivered)
                .filter(DeliveredHours::isH0015)
                .filter(other -> !dayOf(other).isBefore(end.minusWeeks(1))
                        && dayOf(other).isBefore(end))
                .collect(Collectors.toMap(this::dayOf, DeliveredHours::length, Duration::plus));
        long full = days.values().stream()
                .filter(time -> time.compareTo(THREE_HOURS) >= 0)
                .count();
        if (!isH0015(session) || days.isEmpty() || full >= 3) {
            return Optional.empty();
        }
        String found = full + " such days in the week before " + end;
        return Optional.of(HourRule.HCPCS_H0015_DAY_WEEK.broken("Encounter.type", found));
    }

    static boolean isDelivered(Encounter session) {
        return session.getStatus() == EncounterStatus.FINISHED
                && session.getPeriod().hasStart()
                && session.getPeriod().hasEnd()
                && session.getExtensionsByUrl(ATTENDANCE).stream()
                        .map(extension -> (CodeableConcept) extension.getValue())
                        .flatMap(concept -> concept.getCoding().stream())
                        .anyMatch(coding -> TOOK_PART.contains(coding.getCode()));
    }

    static boolean isH0015(Encounter session) {
        return session.getType().stream()
                .flatMap(type -> type.getCoding().stream())
                .anyMatch(coding -> "H0015".equals(coding.getCode()));
    }

    private static Duration length(Encounter session) {
        return Duration.between(
                session.getPeriod().getStart().toInstant(),
                session.getPeriod().getEnd().toInstant());
    }

    /** Days of the phase from {@code start} to the day before {@code end}. */
    private static long daysWithin(Phase phase, LocalDate start, LocalDate end) {
        LocalDate first = phase.first().isAfter(start) ? phase.first() : start;
        LocalDate next = phase.last().plusDays(1).isBefore(end) ? phase.last().plusDays(1) : end;
        return Math.max(0, ChronoUnit.DAYS.between(first, next));
    }
}
