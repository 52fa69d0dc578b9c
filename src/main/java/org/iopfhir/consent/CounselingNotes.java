// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Resource;

/** Tells what is an SUD counseling note (2.11), which is kept apart from the rest of the record. */
public final class CounselingNotes {

    private static final Set<String> LABELS = Set.of("PSYTHPN", "HIPAAPsyNotes");
    private static final String TYPE = "sud-counseling-note";

    private CounselingNotes() {}

    /** Who wrote it, as a reference, empty when it does not say; nothing when {@code resource} is no such note. */
    public static Optional<String> author(Resource resource) {
        boolean isLabelled =
                resource.getMeta().getSecurity().stream().anyMatch(label -> LABELS.contains(label.getCode()));
        if (!(resource instanceof DocumentReference document)) {
            return isLabelled ? Optional.of("") : Optional.empty();
        }
        boolean isTyped = document.getType().getCoding().stream().anyMatch(coding -> TYPE.equals(coding.getCode()));
        String author = document.getAuthorFirstRep().getReference();
        return isLabelled || isTyped ? Optional.of(author == null ? "" : author) : Optional.empty();
    }
}
