// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;

/** Counts the memory of all bodies of one moment, so that many large ones together cannot exhaust the heap. */
public final class BodyMemory {

    private static final Duration COME_BACK = Duration.ofSeconds(2);

    private final long limit;
    private final AtomicLong taken = new AtomicLong();

    public BodyMemory(EdgeSettings settings) {
        this.limit = settings.body().maxTogether().toBytes();
    }

    /**
     * Take {@code bytes} more.
     *
     * @throws RefusedException when there is not that much left; then nothing is taken
     */
    void take(long bytes) {
        if (taken.addAndGet(bytes) > limit) {
            taken.addAndGet(-bytes);
            throw new RefusedException(
                    new Refusal.Unavailable("The server is busy with other large requests", COME_BACK));
        }
    }

    void giveBack(long bytes) {
        taken.addAndGet(-bytes);
    }

    long taken() {
        return taken.get();
    }
}
