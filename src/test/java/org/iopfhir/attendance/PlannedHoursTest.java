// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.util.List;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.outcome.Problem;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each rule about planned hours at its bounds. */
class PlannedHoursTest {
    private static final String CODES = "https://iop-fhir.org/fhir/CodeSystem/";
    private static final LocalDate START = LocalDate.of(2026, 8, 31);

    private final CarePlan plan = new CarePlan();
    private LocalDate next = START;

    @ParameterizedTest
    @CsvSource({"8.99, true", "9, false", "19, false", "19.01, true"})
    void adultsHaveNineToNineteenHours(String hours, boolean isBroken) {
        phase("intensive", "2.1", hours, 4, 63);

        assertThat(keys(null).contains("asam-2.1-adult-weekly-hours")).isEqualTo(isBroken);
        assertThat(keys(null)).doesNotContain("asam-2.1-adolescent-weekly-hours");
    }

    @ParameterizedTest
    @CsvSource({"5.99, true", "6, false", "19, false", "19.01, true"})
    void adolescentsHaveSixToNineteenHours(String hours, boolean isBroken) {
        phase("step-down-1", "2.1", hours, 3, 63);

        assertThat(keys(START.minusYears(16)).contains("asam-2.1-adolescent-weekly-hours"))
                .isEqualTo(isBroken);
    }

    @Test
    void whoTurnsEighteenOnTheFirstDayIsAdult() {
        phase("intensive", "2.1", "7", 3, 63);

        assertThat(keys(START.minusYears(18))).contains("asam-2.1-adult-weekly-hours");
        assertThat(keys(START.minusYears(18).plusDays(1))).doesNotContain("asam-2.1-adult-weekly-hours");
    }

    @ParameterizedTest
    @CsvSource({"14, false", "15, true"})
    void aTransitionOfFewerHoursLastsTwoWeeks(int days, boolean isBroken) {
        phase("intensive", "2.1", "12", 4, 56);
        phase("transition", "2.1", "4", 2, days);

        assertThat(keys(null).contains("asam-2.1-adult-weekly-hours")).isEqualTo(isBroken);
    }

    @ParameterizedTest
    @CsvSource({"19.99, true", "20, false"})
    void levelTwoFiveHasTwentyHours(String hours, boolean isBroken) {
        phase("intensive", "2.5", hours, 5, 63);

        assertThat(keys(null).contains("asam-2.5")).isEqualTo(isBroken);
    }

    @Test
    void bothEditionsHaveTheSameHours() {
        phase("intensive", "2.5", "19", 5, 63);
        Extension level = plan.getExtension().get(0).getExtensionByUrl("level");
        ((CodeableConcept) level.getValue()).getCodingFirstRep().setSystem(CODES + "asam-level-of-care-4");

        assertThat(keys(null)).contains("asam-2.5");
    }

    @ParameterizedTest
    @CsvSource({"19, false", "19.5, true"})
    void moreThanNineteenHoursAreAnotherLevel(String hours, boolean isBroken) {
        phase("intensive", "2.1", hours, 5, 63);

        assertThat(keys(null).contains("asam-2.1-upper")).isEqualTo(isBroken);
    }

    @ParameterizedTest
    @CsvSource({"9, 3, false", "8.9, 3, true", "9, 2, true"})
    void whatIsBilledAsH0015HasThreeHoursOnThreeDays(String hours, int days, boolean isBroken) {
        phase("intensive", "2.1", hours, days, 63);
        assertThat(keys(null)).doesNotContain("hcpcs-h0015-day-week");
        plan.addActivity()
                .getDetail()
                .getCode()
                .addCoding(new Coding("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0015", null));

        assertThat(keys(null).contains("hcpcs-h0015-day-week")).isEqualTo(isBroken);
    }

    @ParameterizedTest
    @CsvSource({"6, 3, false", "5.9, 3, true", "9, 2, true"})
    void tedsAsksForTwoHoursOnThreeDays(String hours, int days, boolean isBroken) {
        phase("intensive", "2.1", hours, days, 63);

        assertThat(keys(null).contains("teds-iop")).isEqualTo(isBroken);
    }

    @ParameterizedTest
    @CsvSource({"15, 5, false", "15, 6, true", "15.1, 3, true", "15, 3, false"})
    void aTypicalWeekHasThreeToFiveDays(String hours, int days, boolean isBroken) {
        phase("intensive", "2.1", hours, days, 63);

        assertThat(keys(null).contains("typical-schedule")).isEqualTo(isBroken);
    }

    @ParameterizedTest
    @CsvSource({"55, true", "56, false", "84, false", "85, true"})
    void treatmentLastsEightToTwelveWeeks(int days, boolean isBroken) {
        phase("intake", "2.1", "2", 1, 7);
        phase("intensive", "2.1", "12", 4, days);
        phase("continuing-care", "1", "1", 1, 90);

        assertThat(keys(null).contains("duration")).isEqualTo(isBroken);
    }

    @Test
    void hoursRiseOnlyForAReason() {
        phase("intensive", "2.1", "9", 3, 30);
        phase("step-down-1", "2.1", "12", 4, 33);
        assertThat(keys(null)).contains("step-down-monotonic");

        plan.getExtension().get(1).addExtension(new Extension("reason", new StringType("A setback")));
        assertThat(keys(null)).doesNotContain("step-down-monotonic");
    }

    @Test
    void theIntakeBeforeTreatmentIsNoStep() {
        phase("intake", "2.1", "2", 1, 7);
        phase("intensive", "2.1", "12", 4, 63);

        assertThat(keys(null)).doesNotContain("step-down-monotonic");
    }

    @Test
    void aPhaseThatLacksItsHoursIsNotJudged() {
        phase("intensive", "2.1", "1", 1, 63);
        plan.getExtension().get(0).getExtension().removeIf(part -> part.getUrl().equals("plannedHours"));

        assertThat(keys(null)).isEmpty();
    }

    @Test
    void saysWhereAndWhatWasFound() {
        phase("intensive", "2.5", "12", 4, 63);

        Problem problem = new PlannedHours(plan, null).check().get(0);

        assertThat(problem.where()).isEqualTo("CarePlan.extension[0]");
        assertThat(problem.text()).contains("ASAM Criteria").endsWith("Here: 12 hours.");
    }

    private List<String> keys(@Nullable LocalDate birth) {
        return new PlannedHours(plan, birth).check().stream().map(Problem::key).toList();
    }

    private void phase(String code, String level, String hours, int days, int length) {
        Extension phase = plan.addExtension().setUrl("https://iop-fhir.org/fhir/StructureDefinition/iop-phase");
        Period period = new Period();
        period.getStartElement().setValueAsString(next.toString());
        next = next.plusDays(length);
        period.getEndElement().setValueAsString(next.minusDays(1).toString());
        phase.addExtension("code", new CodeableConcept(new Coding(CODES + "iop-phase", code, null)));
        phase.addExtension("period", period);
        phase.addExtension("plannedHours", new Quantity().setValue(new BigDecimal(hours)));
        phase.addExtension("daysPerWeek", new PositiveIntType(days));
        phase.addExtension("level", new CodeableConcept(new Coding(CODES + "asam-level-of-care-3", level, null)));
    }
}
