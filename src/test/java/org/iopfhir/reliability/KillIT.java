// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.iopfhir.testing.Invented;
import org.junit.jupiter.api.Test;

/**
 * {@code kill -9} under four writers and a reader: what was acknowledged is there whole, nothing is half there, and the
 * audit trail tells of each patient who was shown. One round in the
 * default build, more with {@code mvn verify -Dit.test=KillIT -Dtest.kill.rounds=5}.
 */
class KillIT {

    private static final int ROUNDS = Integer.getInteger("test.kill.rounds", 1);
    private static final int WRITERS = 4;
    private static final int READERS = 1;

    @Test
    void losesNothingAcknowledgedOnH2() throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "reliability")), "h2");
        killAndLook(
                "H2",
                List.of("--iop.database.url=jdbc:h2:file:"
                        + folder.resolve("iop").toAbsolutePath()));
    }

    @Test
    void losesNothingAcknowledgedOnPostgres() {
        try (Postgres postgres = new Postgres()) {
            killAndLook("PostgreSQL", Postgres.settings(postgres.port()));
        }
    }

    private static void killAndLook(String database, List<String> settings) {
        Random random = Seed.random("KillIT on " + database);
        Invented invented = new Invented();
        Map<String, List<String>> acknowledged = new HashMap<>();
        List<Readers.Shown> shown = new ArrayList<>();
        for (int round = 1; round <= ROUNDS; round++) {
            acknowledged.putAll(killUnderLoad(settings, invented, random, shown));
            Report.say("KillIT on " + database + ": killed in round " + round + ", acknowledged so far "
                    + acknowledged.size());
        }

        try (ServerProcess server = ServerProcess.start("kill", settings)) {
            Ledger ledger = Ledger.of(server.fhir(), invented, acknowledged);

            Report.say("KillIT on " + database + ": rounds=" + ROUNDS + " acknowledged=" + ledger.acknowledged()
                    + " lost=" + ledger.lost().size() + " partial="
                    + ledger.partial().size() + " whole-but-unsaid=" + ledger.unsaid());
            assertThat(ledger.acknowledged()).isPositive();
            assertThat(ledger.lost()).as("acknowledged, but not there").isEmpty();
            assertThat(ledger.partial()).as("half there").isEmpty();
            for (Readers.Shown patient : shown) {
                Report.say("KillIT on " + database + ": " + patient);
                assertThat(patient.least()).isPositive();
                assertThat(patient.told(server.fhir())).isBetween(patient.least(), patient.most());
            }
        }
    }

    private static Map<String, List<String>> killUnderLoad(
            List<String> settings, Invented invented, Random random, List<Readers.Shown> shown) {
        try (ServerProcess server = ServerProcess.start("kill", settings);
                Readers readers = new Readers(server.fhir(), READERS);
                Writers writers = new Writers(server.fhir(), invented, WRITERS)) {
            assertThat(writers.awaitMore(8, Duration.ofMinutes(2))).isTrue();
            Waiting.pause(Duration.ofMillis(500 + random.nextInt(9_500)));
            server.kill();
            writers.stop();
            shown.add(readers.shown());
            return writers.acknowledged();
        }
    }
}
