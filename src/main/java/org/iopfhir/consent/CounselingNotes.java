// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** Tells what is an SUD counseling note (2.11), which is kept apart from the rest of the record. */
public final class CounselingNotes {

    private static final Set<String> LABELS = Set.of("PSYTHPN", "HIPAAPsyNotes");
    private static final List<String> AUTHORS = List.of("author", "performer", "recorder", "asserter", "sender");
    private static final String TYPE = "sud-counseling-note";

    private CounselingNotes() {}

    /** Who wrote it, as a reference, empty when it does not say; nothing when {@code resource} is no such note. */
    public static Optional<String> author(Resource resource) {
        boolean isLabelled =
                resource.getMeta().getSecurity().stream().anyMatch(label -> LABELS.contains(label.getCode()));
        boolean isTyped = resource instanceof DocumentReference document
                && document.getType().getCoding().stream().anyMatch(coding -> TYPE.equals(coding.getCode()));
        return isLabelled || isTyped ? Optional.of(nameOfAuthor(resource)) : Optional.empty();
    }

    private static String nameOfAuthor(Resource resource) {
        return AUTHORS.stream()
                .flatMap(name -> Stream.ofNullable(resource.getNamedProperty(name)))
                .flatMap(property -> property.getValues().stream())
                .filter(Reference.class::isInstance)
                .map(author -> ((Reference) author).getReference())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }
}
