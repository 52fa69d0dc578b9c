// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.iopfhir.outcome.RefusedException;

/**
 * Collects one body and holds its share of the {@link BodyMemory} until it is closed. It grows with what has arrived,
 * not with what was announced: else a thousand clients could reserve the heap by a header. Not thread-safe.
 */
final class BodyBuffer implements AutoCloseable {

    private static final int FIRST = 8 * 1024;

    private final BodyMemory memory;
    private final int limit;
    private byte[] bytes = new byte[0];
    private int length;

    BodyBuffer(BodyMemory memory, long limit) {
        this.memory = memory;
        this.limit = Math.toIntExact(limit);
    }

    /**
     * Append what {@code source} holds.
     *
     * @throws RefusedException when the body grows over its limit, or the server holds too many
     */
    void append(ByteBuffer source) {
        int more = source.remaining();
        if (more > limit - length) {
            throw BodyReader.tooLarge(limit);
        }
        reserve(length + more);
        source.get(bytes, length, more);
        length += more;
    }

    int length() {
        return length;
    }

    /** What was collected. It stays valid after closing; closing only ends the counting. */
    Body body() {
        return new Body(bytes, 0, length);
    }

    private void reserve(int wanted) {
        if (wanted <= bytes.length) {
            return;
        }
        int size = (int) Math.min(limit, Math.max(Math.max(FIRST, wanted), bytes.length * 2L));
        memory.take((long) size - bytes.length);
        bytes = Arrays.copyOf(bytes, size);
    }

    /** Give up what was collected, and its share of the memory. */
    void discard() {
        memory.giveBack(bytes.length);
        bytes = new byte[0];
        length = 0;
    }

    @Override
    public void close() {
        discard();
    }
}
