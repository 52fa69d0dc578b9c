// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.LoadingCache;
import java.time.Duration;
import java.util.function.LongSupplier;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;

/**
 * Counts what each client asks, on this node: a bucket that fills steadily and that each request takes one from, and how
 * many requests run. A client is remembered until its bucket is full again, and 50,000 of them at most.
 */
public final class ClientRate {

    private static final int CLIENTS = 50_000;
    private static final double NANOS = 1e9;

    /** Ends a request that was let in. */
    public interface Permit extends AutoCloseable {
        @Override
        void close();
    }

    private final RateSettings settings;
    private final LongSupplier nanoTime;
    private final LoadingCache<String, Bucket> buckets;

    public ClientRate(RateSettings settings) {
        this(settings, System::nanoTime);
    }

    /** @param nanoTime a clock that only goes forward */
    ClientRate(RateSettings settings, LongSupplier nanoTime) {
        this.settings = settings;
        this.nanoTime = nanoTime;
        long refill = settings.perSecond() == 0 ? 0 : settings.burst() / settings.perSecond();
        this.buckets = Caffeine.newBuilder()
                .maximumSize(CLIENTS)
                .ticker(nanoTime::getAsLong)
                .expireAfterAccess(Duration.ofSeconds(refill).plusMinutes(1))
                .build(client -> new Bucket());
    }

    /**
     * Let a request in.
     *
     * @param client whoever asks, by any name that no other client can choose
     * @throws RefusedException when this client has asked too much
     */
    public Permit enter(String client) {
        Bucket bucket = buckets.get(client);
        bucket.enter();
        return bucket::leave;
    }

    /** Clients that are remembered, about. */
    long remembered() {
        buckets.cleanUp();
        return buckets.estimatedSize();
    }

    private final class Bucket {

        private double left = settings.burst();
        private long at = nanoTime.getAsLong();
        private int running;

        synchronized void enter() {
            if (settings.concurrent() > 0 && running >= settings.concurrent()) {
                throw new RefusedException(new Refusal.TooMany(
                        "This client has " + running + " requests running, which is the most", Duration.ofSeconds(1)));
            }
            if (settings.perSecond() > 0) {
                take();
            }
            running++;
        }

        private void take() {
            long now = nanoTime.getAsLong();
            left = Math.min(settings.burst(), left + (now - at) / NANOS * settings.perSecond());
            at = now;
            if (left < 1) {
                long wait = (long) Math.ceil((1 - left) / settings.perSecond());
                throw new RefusedException(new Refusal.TooMany(
                        "This client may send " + settings.perSecond() + " requests a second",
                        Duration.ofSeconds(wait)));
            }
            left--;
        }

        synchronized void leave() {
            running--;
        }
    }
}
