// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.time.Instant;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Ids that grow with time, so that the index of a table that is only added to grows at one end, and adding need not read
 * and write pages all over it.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9562#section-5.7">RFC 9562, UUID version 7</a>
 */
public final class EventIds {

    private static final AtomicInteger COUNT = new AtomicInteger();

    private EventIds() {}

    /** An id that nothing has. */
    public static String next(Instant now) {
        UUID random = UUID.randomUUID();
        long high = (now.toEpochMilli() << 16) | 0x7000L | (COUNT.incrementAndGet() & 0xFFFL);
        return new UUID(high, random.getLeastSignificantBits()).toString();
    }
}
