// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.iopfhir.storage.disclosure.Nodes;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;

/**
 * Makes a revocation on one node wait for the requests that run on others. Each node looks every moment whether a turn
 * was drawn, and says when all has ended that ran when it saw it. An ordinary request costs nothing by it.
 *
 * <p>A node that is not heard of for {@link Nodes#LIFE} is not waited for. So that it then discloses nothing, a node
 * that cannot make itself heard lets no answer begin a while before that.
 */
final class NodeTurns implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(NodeTurns.class);

    private static final Duration LOOK = Duration.ofMillis(100);
    private static final Duration BEAT = Duration.ofSeconds(5);

    /** Less than a node lives in the eyes of others, by more than it takes to release an answer. */
    private static final Duration SILENCE = Nodes.LIFE.minusSeconds(5);

    private static final Duration ASK_AGAIN = Duration.ofMillis(20);

    private final Nodes nodes;
    private final Passes passes;
    private final LongSupplier nanos;
    private final Queue<Turn> open = new ArrayDeque<>();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "node-turns");
        thread.setDaemon(true);
        return thread;
    });
    private final CountDownLatch closing = new CountDownLatch(1);
    private long seen;
    private long passed;
    private long told;
    private boolean isSilent;
    private volatile long heard;

    /** @param nanos a clock that only runs forward, as {@link System#nanoTime} */
    NodeTurns(Nodes nodes, Passes passes, LongSupplier nanos) {
        this.nodes = nodes;
        this.passes = passes;
        this.nanos = nanos;
    }

    private record Turn(long number, List<CountDownLatch> running) {
        boolean isPassed() {
            return running.stream().allMatch(pass -> pass.getCount() == 0);
        }
    }

    /** Be known to the others before the first request comes. */
    void start() {
        if (nodes.maySeveral()) {
            nodes.forgetOld();
            beat();
            ScheduledFuture<?> unused =
                    thread.scheduleWithFixedDelay(this::look, 0, LOOK.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    /** Whether others would still wait for what is disclosed now. */
    boolean mayDisclose() {
        return !nodes.maySeveral() || nanos.getAsLong() - heard < SILENCE.toNanos();
    }

    /** Draw a turn, after something has changed by which others disclose. */
    long draw() {
        return nodes.maySeveral() ? nodes.draw() : 0;
    }

    /** Wait until all others have passed a turn; tells whether they have. */
    boolean await(long turn, long endNanos) throws InterruptedException {
        while (nodes.maySeveral() && !nodes.haveOthersPassed(turn)) {
            if (endNanos - nanos.getAsLong() <= 0) {
                return false;
            }
            if (closing.await(ASK_AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                return false;
            }
        }
        return true;
    }

    /** Every now and then, on one thread. */
    void look() {
        try {
            long turn = nodes.turn();
            if (turn > seen) {
                open.add(new Turn(turn, passes.now()));
                seen = turn;
            }
            while (!open.isEmpty() && open.peek().isPassed()) {
                passed = open.remove().number();
            }
            if (passed > told || nanos.getAsLong() - heard > BEAT.toNanos()) {
                beat();
            }
            isSilent = false;
        } catch (RuntimeException e) {
            // Thrown out of here it would end the looking for good.
            if (!isSilent) {
                LOG.warn("node-not-heard failure={}", e.getClass().getName());
            }
            isSilent = true;
        }
    }

    private void beat() {
        long before = nanos.getAsLong();
        nodes.beat(passed);
        told = passed;
        heard = before;
    }

    /** When no request runs any more. */
    @Override
    public void close() {
        closing.countDown();
        thread.shutdownNow();
        try {
            thread.awaitTermination(5, TimeUnit.SECONDS);
            if (nodes.maySeveral()) {
                nodes.leave();
            }
        } catch (DataAccessException e) {
            LOG.warn("node-not-removed failure={}", e.getClass().getName());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
