// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.iopfhir.testing.Answer;
import org.junit.jupiter.api.Test;

/**
 * Patients that no one here wrote: each of Synthea's transactions is taken, and what is read back is what was sent.
 *
 * <p>The default build makes a few; all 100 are loaded by
 *
 * <pre>mvn verify -Dsynthea.patients=100 -Dit.test=SyntheaIT</pre>
 */
class SyntheaIT {

    private static final Path PATIENTS =
            Path.of(System.getProperty("test.synthea.directory", "target/synthea"), "fhir");

    @Test
    void takesThemIntoH2AndGivesThemBack() throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "reliability")), "h2");
        loadAll(
                "H2",
                List.of("--iop.database.url=jdbc:h2:file:"
                        + folder.resolve("iop").toAbsolutePath()));
    }

    @Test
    void takesThemIntoPostgresAndGivesThemBack() throws IOException {
        try (Postgres postgres = new Postgres()) {
            loadAll("PostgreSQL", Postgres.settings(postgres.port()));
        }
    }

    private static void loadAll(String database, List<String> settings) throws IOException {
        try (ServerProcess server = ServerProcess.start("synthea", settings)) {
            Load load = new Load(server);
            double heapBefore = server.usedHeapMegabytes();
            long start = System.nanoTime();
            for (Path bundle : bundles()) {
                load.send(bundle);
            }
            double heapAfter = server.usedHeapMegabytes();

            Report.say("SyntheaIT on " + database + ": " + load + ", wall " + Waiting.seconds(start)
                    + "s; heap after GC before " + heapBefore + " MB, after " + heapAfter + " MB, resident at most "
                    + server.peakResidentMegabytes() + " MB");
            if (database.equals("H2")) {
                reportFile(settings, load.bytes);
            }
            assertThat(load.failures).isEmpty();
            assertThat(load.differences).isEmpty();
            assertThat(load.patients).isPositive();
            // The heap returns: what a load leaves behind are caches of bounded size.
            assertThat(heapAfter).isLessThan(heapBefore + 150);
        }
    }

    private static void reportFile(List<String> settings, long loaded) throws IOException {
        String file = settings.get(0).substring(settings.get(0).indexOf("file:") + "file:".length()) + ".mv.db";
        long size = Files.size(Path.of(file));
        Report.say("SyntheaIT on H2: sent " + loaded / 1_000_000 + " MB, the file is " + size / 1_000_000 + " MB");
    }

    /** Hospitals and practitioners first: the patients refer to them by identifier. */
    private static List<Path> bundles() throws IOException {
        assertThat(PATIENTS)
                .as("made by mvn -q -Pbench exec:java@synthea, or by the build before the tests over HTTP")
                .isDirectory();
        try (Stream<Path> files = Files.list(PATIENTS)) {
            return files.sorted(
                            Comparator.comparing((Path file) -> !isShared(file)).thenComparing(Path::getFileName))
                    .toList();
        }
    }

    private static boolean isShared(Path file) {
        String name = String.valueOf(file.getFileName());
        return name.startsWith("hospitalInformation") || name.startsWith("practitionerInformation");
    }

    /** What came of sending all of them. */
    private static final class Load {

        private final ServerProcess server;
        private final RoundTrip roundTrip = new RoundTrip();
        private final List<String> failures = new ArrayList<>();
        private final List<String> differences = new ArrayList<>();
        private long bytes;
        private int patients;
        private int resources;
        private double seconds;
        private double slowest;
        private String slowestBundle = "";

        Load(ServerProcess server) {
            this.server = server;
        }

        void send(Path file) throws IOException {
            String sent = Files.readString(file);
            long start = System.nanoTime();
            Answer answer = server.fhir()
                    .post("")
                    .patience(java.time.Duration.ofMinutes(15))
                    .body("application/fhir+json", sent)
                    .send();
            double took = Waiting.seconds(start);
            seconds += took;
            bytes += sent.length();
            String size = sent.length() / 1024 + " KB";
            if (took > slowest) {
                slowest = took;
                slowestBundle = size;
            }
            if (answer.status() != 200) {
                failures.add(file.getFileName() + " (" + size + ", " + took + " s): " + answer.status() + " "
                        + answer.text());
                return;
            }
            patients += isShared(file) ? 0 : 1;
            compare(RoundTrip.parse(sent), RoundTrip.parse(answer.text()));
        }

        private void compare(JsonNode transaction, JsonNode response) {
            roundTrip.learn(transaction, response);
            for (int i = 0; i < transaction.path("entry").size(); i++) {
                JsonNode sent = transaction.path("entry").get(i).path("resource");
                String location = RoundTrip.location(response, i);
                Answer read = server.fhir().get(location).send();
                resources++;
                if (read.status() != 200) {
                    differences.add(location + ": read answers " + read.status());
                } else {
                    roundTrip
                            .difference(sent, RoundTrip.parse(read.text()))
                            .ifPresent(found -> differences.add(location + found));
                }
            }
        }

        @Override
        public String toString() {
            return patients + " patients, " + resources + " resources, " + failures.size() + " failures, "
                    + differences.size() + " differences, loading took " + Math.round(seconds) + "s, the slowest "
                    + slowest + "s for " + slowestBundle;
        }
    }
}
