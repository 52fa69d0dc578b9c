// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;

/**
 * A request for one record.
 *
 * @param known what the one who asks is known as
 * @param purpose what for
 * @param at when
 * @param type of the record
 * @param labels of the record
 * @param happened of when the record is
 */
public record PlainRequest(
        Set<String> known, String purpose, Instant at, String type, Set<String> labels, Instant happened) {

    /** As the production code asks it. */
    public Question question() {
        return new Question(known, purpose, at, new ContentClass(type, new TreeSet<>(labels)), happened);
    }
}
