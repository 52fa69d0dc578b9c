// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import java.math.BigDecimal;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CarePlan;
import org.iopfhir.outcome.Problem;
import org.jspecify.annotations.Nullable;

/**
 * Look at the hours that the phases of a plan hold, against each definition of an intensive outpatient program.
 *
 * <p>The levels 2.1 and 2.5 have the same codes and the same hours in both editions of the ASAM Criteria, so the edition
 * makes no difference here.
 */
final class PlannedHours {
    private static final BigDecimal NINE = BigDecimal.valueOf(9);
    private static final BigDecimal SIX = BigDecimal.valueOf(6);
    private static final BigDecimal NINETEEN = BigDecimal.valueOf(19);
    private static final BigDecimal TWENTY = BigDecimal.valueOf(20);
    private static final int TRANSITION_DAYS = 14;
    private static final int ADULT = 18;
    private static final Set<String> H0015_SYSTEMS = Set.of(
            "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
            "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets");

    private final CarePlan plan;
    private final @Nullable LocalDate birth;
    private final List<Phase> phases;
    private final List<Problem> problems = new ArrayList<>();

    /** @param birth day of birth of the patient; {@code null} where it is not known, and the patient counts as adult */
    PlannedHours(CarePlan plan, @Nullable LocalDate birth) {
        this.plan = plan;
        this.birth = birth;
        this.phases = Phase.of(plan);
    }

    List<Problem> check() {
        boolean isH0015 = isBilledAsH0015();
        for (Phase phase : phases) {
            level(phase);
            if (phase.level().equals("2.1") && phase.isIntensive()) {
                days(phase, isH0015);
            }
        }
        duration();
        stepDown();
        return problems;
    }

    private void level(Phase phase) {
        if (phase.level().equals("2.5") && phase.hours().compareTo(TWENTY) < 0) {
            broken(HourRule.ASAM_2_5, phase, hours(phase));
        }
        if (!phase.level().equals("2.1")) {
            return;
        }
        boolean isAdult = birth == null || ChronoUnit.YEARS.between(birth, phase.first()) >= ADULT;
        HourRule rule = isAdult ? HourRule.ASAM_2_1_ADULT_WEEKLY_HOURS : HourRule.ASAM_2_1_ADOLESCENT_WEEKLY_HOURS;
        boolean isTooFew = phase.hours().compareTo(isAdult ? NINE : SIX) < 0;
        boolean isTooMany = phase.hours().compareTo(NINETEEN) > 0;
        boolean isLongTransition = phase.code().equals("transition") && phase.lengthInDays() > TRANSITION_DAYS;
        if (phase.isIntensive() && (isTooFew || isTooMany)) {
            broken(rule, phase, hours(phase));
        }
        if (isTooFew && isLongTransition) {
            broken(rule, phase, hours(phase) + " for " + phase.lengthInDays() + " days");
        }
        if (isTooMany) {
            broken(HourRule.ASAM_2_1_UPPER, phase, hours(phase));
        }
    }

    private void days(Phase phase, boolean isH0015) {
        String found = phase.days() + " days a week of "
                + phase.hoursPerDay().stripTrailingZeros().toPlainString() + " hours";
        if (isH0015 && isLess(phase, 3, 3)) {
            broken(HourRule.HCPCS_H0015_DAY_WEEK, phase, found);
        }
        if (isLess(phase, 3, 2)) {
            broken(HourRule.TEDS_IOP, phase, found);
        }
        if (isLess(phase, 3, 2) || phase.days() > 5 || phase.hoursPerDay().compareTo(BigDecimal.valueOf(5)) > 0) {
            broken(HourRule.TYPICAL_SCHEDULE, phase, found);
        }
    }

    private static boolean isLess(Phase phase, int days, int hoursPerDay) {
        return phase.days() < days || phase.hoursPerDay().compareTo(BigDecimal.valueOf(hoursPerDay)) < 0;
    }

    /** From the first intensive day to the last day before continuing care; the intake before it is no treatment. */
    private void duration() {
        List<Phase> treatment = phases.stream()
                .filter(phase -> !phase.code().equals("intake") && !phase.code().equals("continuing-care"))
                .toList();
        if (treatment.isEmpty()) {
            return;
        }
        LocalDate first = treatment.get(0).first();
        LocalDate last = treatment.get(treatment.size() - 1).last();
        long days = ChronoUnit.DAYS.between(first, last) + 1;
        if (days < 8 * 7 || days > 12 * 7) {
            problems.add(HourRule.DURATION.broken("CarePlan.period", days / 7 + " weeks and " + days % 7 + " days"));
        }
    }

    private void stepDown() {
        for (int i = 1; i < phases.size(); i++) {
            Phase before = phases.get(i - 1);
            Phase phase = phases.get(i);
            // Treatment begins after an intake of an hour or two: that is no step up.
            boolean isBegin = before.code().equals("intake");
            if (!isBegin && !phase.hasReason() && phase.hours().compareTo(before.hours()) > 0) {
                broken(
                        HourRule.STEP_DOWN_MONOTONIC,
                        phase,
                        "from " + hours(before) + " to " + hours(phase) + " without a reason");
            }
        }
    }

    private boolean isBilledAsH0015() {
        return plan.getActivity().stream()
                .flatMap(activity -> activity.getDetail().getCode().getCoding().stream())
                .anyMatch(coding -> "H0015".equals(coding.getCode()) && H0015_SYSTEMS.contains(coding.getSystem()));
    }

    private void broken(HourRule rule, Phase phase, String found) {
        problems.add(rule.broken(phase.path(), found));
    }

    private static String hours(Phase phase) {
        return phase.hours().stripTrailingZeros().toPlainString() + " hours";
    }
}
