// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.reliability.Writers.Attempt;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Invented;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The database goes away in every way it can: clients are told when to come back, load balancers see it, nothing
 * acknowledged is lost, and the server serves again without a restart.
 */
class OutageIT {

    private static final Duration SOON = Duration.ofSeconds(30);

    private static Postgres postgres;
    private static Wire wire;
    private static ServerProcess server;

    private final Invented invented = new Invented();

    @BeforeAll
    static void start() {
        postgres = new Postgres();
        wire = new Wire(postgres.port());
        List<String> settings = new ArrayList<>(Postgres.settings(wire.port()));
        settings.add("--iop.database.pool-size=2");
        settings.add("--iop.database.statement-timeout=5s");
        server = ServerProcess.start("outage", settings);
    }

    @AfterAll
    static void stop() {
        server.close();
        wire.close();
        postgres.close();
    }

    /** The next test begins with a server that serves. */
    @AfterEach
    void mend() {
        wire.mend();
        server.awaitReadiness(Duration.ofMinutes(1));
    }

    @Test
    void survivesABrokenWire() {
        surviveAnOutage("cut wire", wire::cut, wire::mend);
    }

    @Test
    void survivesADatabaseThatNoLongerAnswers() {
        surviveAnOutage("frozen wire", wire::freeze, wire::mend);
    }

    @Test
    void survivesAKilledDatabase() {
        surviveAnOutage("killed PostgreSQL", postgres::kill, postgres::restart);
    }

    @Test
    void sharesTwoConnectionsAmongManyClients() {
        try (Writers writers = new Writers(server.fhir(), invented, 48)) {
            Waiting.pause(Duration.ofSeconds(20));
            writers.stop();
            long recovering = System.nanoTime();
            boolean served = Waiting.until(SOON, () -> read().status() == 200);

            report("48 writers on 2 connections", writers, recovering);
            assertThat(served).isTrue();
            assertOnlyToldToComeBack(writers);
            assertNothingLost(writers);
        }
    }

    private void surviveAnOutage(String name, Runnable away, Runnable back) {
        try (Writers writers = new Writers(server.fhir(), invented, 4)) {
            assertThat(writers.awaitMore(8, Duration.ofMinutes(1))).isTrue();
            away.run();
            assertThat(Waiting.until(SOON, () -> !server.isReady()))
                    .as("readiness turns down")
                    .isTrue();
            assertToldToComeBack(read());
            Waiting.pause(Duration.ofSeconds(3));
            back.run();
            long recovering = System.nanoTime();
            assertThat(writers.awaitMore(1, SOON)).as("serves again").isTrue();
            report(name, writers, recovering);
            assertThat(Waiting.until(SOON, server::isReady)).as("ready again").isTrue();
            writers.stop();

            assertOnlyToldToComeBack(writers);
            assertNothingLost(writers);
        }
    }

    private Answer read() {
        return server.fhir().get("Patient?_count=1").send();
    }

    private static void assertToldToComeBack(Answer answer) {
        answer.refusal(503, IssueType.TRANSIENT);
        assertThat(answer.header("Retry-After")).matches("\\d+");
    }

    private static void assertOnlyToldToComeBack(Writers writers) {
        List<Attempt> strange = writers.attempts().stream()
                .filter(attempt -> attempt.status() != 200)
                .filter(attempt -> attempt.status() != 503
                        || attempt.retryAfter().isEmpty()
                        || !attempt.body().contains("OperationOutcome"))
                .toList();
        assertThat(strange).isEmpty();
    }

    private void assertNothingLost(Writers writers) {
        Ledger ledger = Ledger.of(server.fhir(), invented, writers.acknowledged());
        assertThat(ledger.lost()).as("acknowledged, but not there").isEmpty();
        assertThat(ledger.partial()).as("half there").isEmpty();
    }

    private static void report(String name, Writers writers, long recoveringSince) {
        String statuses = writers.attempts().stream()
                .collect(Collectors.groupingBy(Attempt::status, java.util.TreeMap::new, Collectors.counting()))
                .toString();
        long slowest =
                writers.attempts().stream().mapToLong(Attempt::nanos).max().orElse(0) / 1_000_000;
        Report.say("OutageIT, " + name + ": answers=" + statuses + " slowest=" + slowest + "ms served-again-after="
                + Waiting.seconds(recoveringSince) + "s");
    }
}
