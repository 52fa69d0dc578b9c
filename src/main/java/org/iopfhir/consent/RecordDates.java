// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.BaseDateTimeType;
import org.hl7.fhir.r4.model.Period;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Resource;

/** Tells when that was of which a record tells, so that a consent can be limited to a time (2.31(a)(3)). */
public final class RecordDates {

    /** Elements that say when something was, in R4; those before tell more of it than those behind. */
    private static final List<String> ELEMENTS = List.of(
            "effective[x]",
            "performed[x]",
            "occurrence[x]",
            "period",
            "start",
            "onset[x]",
            "issued",
            "date",
            "dateTime",
            "authored",
            "authoredOn",
            "recordedDate",
            "dateAsserted",
            "sent",
            "whenHandedOver",
            "recorded",
            "startDate",
            "start[x]",
            "created");

    private RecordDates() {}

    /** When it was, or began; empty when the record does not say. */
    public static Optional<Instant> of(Resource resource) {
        return ELEMENTS.stream()
                .flatMap(name -> Stream.ofNullable(resource.getNamedProperty(name)))
                .filter(Property::hasValues)
                .flatMap(property -> property.getValues().stream())
                .flatMap(value -> instant(value).stream())
                .findFirst();
    }

    private static Optional<Instant> instant(Base value) {
        if (value instanceof Period period) {
            return period.hasStart() ? Optional.of(ConsentTimes.first(period.getStartElement())) : Optional.empty();
        }
        return value instanceof BaseDateTimeType time && time.getValue() != null
                ? Optional.of(ConsentTimes.first(time))
                : Optional.empty();
    }
}
