// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Encounter.EncounterStatus;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Quantity;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Hours that were delivered, in the weeks of a program in Denver. */
class DeliveredHoursTest {
    private static final String CODES = "https://iop-fhir.org/fhir/CodeSystem/";
    private static final ZoneId DENVER = ZoneId.of("America/Denver");

    private final DeliveredHours hours = new DeliveredHours(DENVER);
    private final List<Encounter> sessions = new ArrayList<>();

    @ParameterizedTest
    @CsvSource({"5, true", "6, false"})
    void threeQuartersOfTwoWeeksAreEnough(int count, boolean isBroken) {
        // Planned are 12 hours a week: 24, of which 18 are enough.
        for (int i = 0; i < count; i++) {
            sessions.add(session(evening(7 + i), 3, "present"));
        }

        assertThat(hours.attendance(session("2026-09-21T18:00", 3, "present"), plan(), sessions)
                        .isPresent())
                .isEqualTo(isBroken);
    }

    @Test
    void whoWasAbsentHadNoHours() {
        for (int i = 0; i < 8; i++) {
            sessions.add(session(evening(7 + i), 3, "absent-excused"));
        }

        assertThat(hours.attendance(session("2026-09-21T18:00", 3, "present"), plan(), sessions))
                .isPresent();
    }

    @Test
    void theWeekOfTheSessionItselfIsNotOver() {
        assertThat(hours.attendance(session("2026-09-03T18:00", 3, "present"), plan(), List.of()))
                .as("the plan begins on the Monday of this week")
                .isEmpty();
    }

    @Test
    void aWeekBeginsOnMondayInTheZoneOfTheProgram() {
        // Sunday evening in Denver is Monday in UTC.
        assertThat(DeliveredHours.monday(hours.dayOf(session("2026-09-20T21:00", 1, "present"))))
                .isEqualTo(LocalDate.of(2026, 9, 14));
    }

    @Test
    void aSessionCountsTheTimeThatPassedWhereTheClocksChange() {
        // In the night of 1 November the hour from one to two comes twice.
        Encounter night = new Encounter().setStatus(EncounterStatus.FINISHED);
        night.getPeriod().setStart(Date.from(java.time.Instant.parse("2026-11-01T06:00:00Z")));
        night.getPeriod().setEnd(Date.from(java.time.Instant.parse("2026-11-01T09:00:00Z")));
        attendance(night, "present");
        Encounter later = session("2026-11-02T18:00", 3, "present");
        later.addType().addCoding(h0015());
        night.addType().addCoding(h0015());

        assertThat(hours.h0015(later, List.of(night)).orElseThrow().text())
                .as("three hours, although the clock says two")
                .contains("1 such days");
    }

    @ParameterizedTest
    @CsvSource({"3, 3, false", "2, 3, true", "3, 2, true"})
    void whatIsBilledAsH0015HadThreeHoursOnThreeDays(int days, int length, boolean isBroken) {
        for (int i = 0; i < days; i++) {
            Encounter session = session(evening(14 + i), length, "present");
            session.addType().addCoding(h0015());
            sessions.add(session);
        }
        Encounter next = session("2026-09-21T18:00", 3, "present");
        assertThat(hours.h0015(next, sessions)).isEmpty();
        next.addType().addCoding(h0015());

        assertThat(hours.h0015(next, sessions).isPresent()).isEqualTo(isBroken);
    }

    private static String evening(int dayOfSeptember) {
        return (dayOfSeptember < 10 ? "2026-09-0" : "2026-09-") + dayOfSeptember + "T18:00";
    }

    private static Coding h0015() {
        return new Coding("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0015", null);
    }

    private static Encounter session(String localStart, int length, String attendance) {
        Encounter session = new Encounter().setStatus(EncounterStatus.FINISHED);
        var start = java.time.LocalDateTime.parse(localStart).atZone(DENVER);
        session.setPeriod(new Period()
                .setStart(Date.from(start.toInstant()))
                .setEnd(Date.from(start.plusHours(length).toInstant())));
        attendance(session, attendance);
        return session;
    }

    private static void attendance(Encounter session, String code) {
        session.addExtension(
                "https://iop-fhir.org/fhir/StructureDefinition/attendance",
                new CodeableConcept(new Coding(CODES + "iop-attendance", code, null)));
    }

    private static CarePlan plan() {
        CarePlan plan = new CarePlan();
        Extension phase = plan.addExtension().setUrl("https://iop-fhir.org/fhir/StructureDefinition/iop-phase");
        Period period = new Period();
        period.getStartElement().setValueAsString("2026-08-31");
        period.getEndElement().setValueAsString("2026-10-31");
        phase.addExtension("code", new CodeableConcept(new Coding(CODES + "iop-phase", "intensive", null)));
        phase.addExtension("period", period);
        phase.addExtension("plannedHours", new Quantity().setValue(12));
        phase.addExtension("daysPerWeek", new PositiveIntType(4));
        phase.addExtension("level", new CodeableConcept(new Coding(CODES + "asam-level-of-care-3", "2.1", null)));
        return plan;
    }
}
