// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Who looks, as far as the disclosure of records is concerned. What any of the standings shows is shown.
 *
 * @param inside  as one who works for a program or for its qualified service organization; {@code null}: he does not
 * @param self    id of the patient that he is; {@code null}: he is none
 * @param outside as anybody else, to whom only a consent opens a record; {@code null}: he is none
 */
public record Viewer(
        @Nullable Inside inside,
        @Nullable String self,
        @Nullable Outside outside) {

    /** Whether no more than what consents permit is shown, so that what is hidden must not even seem to exist. */
    public boolean isBound() {
        return inside == null;
    }

    /** The same for whoever is the same to every consent; letters, digits, dots and dashes. */
    String name() {
        Set<String> names = new TreeSet<>();
        if (inside != null) {
            names.addAll(inside.programs());
        }
        if (self != null) {
            names.add("Patient/" + self);
        }
        if (outside != null) {
            names.addAll(outside.recipients());
        }
        return Wording.id(names.toString()).replace('_', '.');
    }

    /** Whether he sees records of every custodian, apart from counseling notes. */
    public boolean seesAllPrograms() {
        return inside != null && inside.programs().isEmpty();
    }

    /**
     * Whoever works for a program.
     *
     * @param programs   ids of the Organizations whose records he sees; empty: there is only one program here
     * @param notes      authors whose counseling notes are shown, as references; empty unless he asks for such notes
     */
    public record Inside(Set<String> programs, Set<String> notes) {
        public Inside {
            programs = Set.copyOf(programs);
            notes = Set.copyOf(notes);
        }
    }

    /**
     * Whoever is not part of a program.
     *
     * @param recipients   names by which a consent may call him: {@code Organization/1}, {@code RelatedPerson/2}
     * @param designations general names that hold for whoever treats the patient or pays: {@code tpo}
     * @param organization id of his Organization; {@code null} when he has none
     * @param purposes     codes of v3 PurposeOfUse; a consent must be for one of them
     * @param emergencies  ids of the patients whose records he has opened in a medical emergency
     */
    public record Outside(
            Set<String> recipients,
            Set<String> designations,
            @Nullable String organization,
            Set<String> purposes,
            Set<String> emergencies) {
        public Outside {
            recipients = Set.copyOf(recipients);
            designations = Set.copyOf(designations);
            purposes = Set.copyOf(purposes);
            emergencies = Set.copyOf(emergencies);
        }
    }

    /** The part of whoever is not in a program, if he is outside. */
    public Optional<Outside> asOutside() {
        return Optional.ofNullable(outside);
    }
}
