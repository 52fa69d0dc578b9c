// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * A request for one record.
 *
 * @param known what the one who asks is known as
 * @param meant what he may be called besides, which suffices to restrict him
 * @param purpose what for
 * @param at when
 * @param type of the record
 * @param labels of the record
 * @param happened of when the record is; {@code null} when it does not say
 */
public record PlainRequest(
        Set<String> known,
        Set<String> meant,
        String purpose,
        Instant at,
        String type,
        Set<String> labels,
        @Nullable Instant happened) {

    /** As the production code asks it. */
    public Question question() {
        return new Question(known, purpose, at, new ContentClass(type, new TreeSet<>(labels)), happened);
    }
}
