// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What may be done with the resources of a type, as the letters of a SMART scope count it, in their order.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html">SMART scopes v2</a>
 */
public enum Interaction {
    /** Create, also conditionally: {@code c}. */
    CREATE('c'),
    /** Read, also of an older version, and the history of one resource: {@code r}. */
    READ('r'),
    /** Update and patch, also conditionally: {@code u}. */
    UPDATE('u'),
    /** Delete, also conditionally: {@code d}. */
    DELETE('d'),
    /** Search, also for a conditional reference, and the history of a type: {@code s}. */
    SEARCH('s');

    private final char letter;

    Interaction(char letter) {
        this.letter = letter;
    }

    /** The letter in a scope. */
    public char letter() {
        return letter;
    }

    /**
     * Read letters, which must come in the order {@code cruds}, each at most once.
     *
     * @return empty when {@code letters} is anything else
     */
    public static Optional<Set<Interaction>> ofLetters(String letters) {
        EnumSet<Interaction> found = EnumSet.noneOf(Interaction.class);
        int from = 0;
        for (Interaction interaction : values()) {
            if (from < letters.length() && letters.charAt(from) == interaction.letter) {
                found.add(interaction);
                from++;
            }
        }
        return from == letters.length() && from > 0 ? Optional.of(found) : Optional.empty();
    }

    /** The letters of {@code interactions}, in their order. */
    public static String letters(Set<Interaction> interactions) {
        StringBuilder letters = new StringBuilder();
        EnumSet.copyOf(interactions).forEach(interaction -> letters.append(interaction.letter));
        return letters.toString();
    }
}
