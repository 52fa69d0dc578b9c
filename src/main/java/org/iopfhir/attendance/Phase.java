// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import java.math.BigDecimal;
import java.math.MathContext;
import java.time.LocalDate;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Quantity;
import org.jspecify.annotations.Nullable;

/**
 * One phase of a plan: what a week of it holds.
 *
 * @param code      the code of {@code iop-phase}
 * @param level     code of the ASAM level of care, the same for an IOP in both editions
 * @param span      its days
 * @param hours     planned hours in a week
 * @param days      days in a week
 * @param hasReason whether the plan says why the phase is as it is
 * @param path      where it stands in the plan
 */
record Phase(String code, String level, Span span, BigDecimal hours, int days, boolean hasReason, String path) {

    private static final String URL = "https://iop-fhir.org/fhir/StructureDefinition/iop-phase";
    private static final String LEVEL_SYSTEM = "https://iop-fhir.org/fhir/CodeSystem/asam-level-of-care-";

    /** From the first to the last day, both included. */
    record Span(LocalDate first, LocalDate last) {}

    /** The phases of a plan in their order; a phase that lacks something its profile requires is left out. */
    static List<Phase> of(CarePlan plan) {
        List<Phase> phases = new ArrayList<>();
        for (int i = 0; i < plan.getExtension().size(); i++) {
            Extension extension = plan.getExtension().get(i);
            if (extension.getUrl().equals(URL)) {
                read(extension, "CarePlan.extension[" + i + "]").ifPresent(phases::add);
            }
        }
        return phases;
    }

    BigDecimal hoursPerDay() {
        return hours.divide(BigDecimal.valueOf(days), MathContext.DECIMAL32);
    }

    LocalDate first() {
        return span.first();
    }

    LocalDate last() {
        return span.last();
    }

    long lengthInDays() {
        return ChronoUnit.DAYS.between(first(), last()) + 1;
    }

    boolean isIntensive() {
        return code.equals("intensive") || code.equals("step-down-1");
    }

    private static Optional<Phase> read(Extension extension, String path) {
        String code = code(extension.getExtensionByUrl("code"), "https://iop-fhir.org/fhir/CodeSystem/iop-phase");
        String level = code(extension.getExtensionByUrl("level"), LEVEL_SYSTEM);
        Extension period = extension.getExtensionByUrl("period");
        Extension hours = extension.getExtensionByUrl("plannedHours");
        Extension days = extension.getExtensionByUrl("daysPerWeek");
        if (code == null
                || level == null
                || period == null
                || hours == null
                || days == null
                || !(period.getValue() instanceof Period time && time.hasStart() && time.hasEnd())
                || !(hours.getValue() instanceof Quantity quantity && quantity.hasValue())
                || !(days.getValue() instanceof PositiveIntType count && count.hasValue() && count.getValue() > 0)) {
            return Optional.empty();
        }
        return Optional.of(new Phase(
                code,
                level,
                new Span(
                        day(time.getStartElement().getValueAsString()),
                        day(time.getEndElement().getValueAsString())),
                quantity.getValue(),
                count.getValue(),
                extension.hasExtension("reason"),
                path));
    }

    private static @Nullable String code(@Nullable Extension extension, String system) {
        if (extension == null || !(extension.getValue() instanceof CodeableConcept concept)) {
            return null;
        }
        return concept.getCoding().stream()
                .filter(coding -> coding.hasSystem() && coding.getSystem().startsWith(system))
                .map(Coding::getCode)
                .findFirst()
                .orElse(null);
    }

    private static LocalDate day(String date) {
        String whole = date.length() == 4 ? date + "-01-01" : date.length() == 7 ? date + "-01" : date;
        return LocalDate.parse(whole.substring(0, 10));
    }
}
