// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.iopfhir.storage.disclosure.Nodes;
import org.iopfhir.storage.disclosure.NodesOf;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two nodes upon one PostgreSQL, which look when the test lets them. */
class NodeTurnsIT {

    private static EmbeddedPostgres postgres;

    private final AtomicLong nanos = new AtomicLong(System.nanoTime());
    private final Passes there = new Passes();
    private Nodes others;
    private NodeTurns here;
    private NodeTurns other;

    @BeforeAll
    static void startDatabase() throws IOException {
        postgres = EmbeddedPostgres.start();
    }

    @AfterAll
    static void stopDatabase() throws IOException {
        postgres.close();
    }

    /** Only {@link #here} looks by itself; the other one is known, and has not passed anything. */
    @BeforeEach
    void start() {
        DataSource pool = postgres.getPostgresDatabase();
        others = NodesOf.another(pool);
        others.beat(0);
        here = new NodeTurns(NodesOf.another(pool), new Passes(), System::nanoTime);
        here.start();
        other = new NodeTurns(others, there, nanos::get);
    }

    @AfterEach
    void stop() {
        here.close();
        other.close();
    }

    @Test
    void waitsForWhatRanOnTheOtherNodeWhenTheTurnWasDrawn() throws InterruptedException {
        CountDownLatch running = there.enter();
        long turn = here.draw();
        other.look();
        assertThat(isPassed(turn)).as("it still runs").isFalse();

        CountDownLatch later = there.enter();
        there.leave(running);
        other.look();

        assertThat(isPassed(turn)).as("only what began later runs").isTrue();
        there.leave(later);
    }

    @Test
    void waitsForANodeThatHasNotLookedYet() throws InterruptedException {
        long turn = here.draw();

        assertThat(isPassed(turn)).isFalse();
        other.look();
        assertThat(isPassed(turn)).isTrue();
    }

    @Test
    void passesTurnsInTheirOrder() throws InterruptedException {
        CountDownLatch first = there.enter();
        long one = here.draw();
        other.look();
        CountDownLatch second = there.enter();
        long two = here.draw();
        other.look();
        there.leave(first);
        other.look();

        assertThat(isPassed(one)).isTrue();
        assertThat(isPassed(two)).isFalse();
        there.leave(second);
        other.look();
        assertThat(isPassed(two)).isTrue();
    }

    @Test
    void doesNotWaitForWhoeverIsGoneOrNotHeardOf() throws InterruptedException {
        there.enter();
        long turn = here.draw();
        other.look();
        NodesOf.age(postgres.getPostgresDatabase(), (int) Nodes.LIFE.toSeconds() - 5);
        assertThat(isPassed(turn)).as("it counts yet").isFalse();
        NodesOf.age(postgres.getPostgresDatabase(), 10);
        assertThat(isPassed(turn)).as("it is not heard of").isTrue();

        others.beat(0);
        assertThat(isPassed(turn)).as("it is back").isFalse();
        other.close();
        assertThat(isPassed(turn)).as("it has left").isTrue();
    }

    @Test
    void whoeverIsNotHeardDisclosesNothing() {
        other.look();
        assertThat(other.mayDisclose()).isTrue();
        nanos.addAndGet(Nodes.LIFE.minus(Duration.ofSeconds(3)).toNanos());
        assertThat(other.mayDisclose()).isFalse();
        other.look();
        assertThat(other.mayDisclose()).isTrue();
    }

    private boolean isPassed(long turn) throws InterruptedException {
        return here.await(turn, System.nanoTime());
    }
}
