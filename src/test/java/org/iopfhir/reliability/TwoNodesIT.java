// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Pattern;
import org.iopfhir.storage.database.SchemaTurn;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.junit.jupiter.api.Test;

/** Two nodes that start for the first time, at once, upon one empty PostgreSQL: both come up, as one server. */
class TwoNodesIT {

    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final int NODES = 8;
    private static final Pattern KEY_ID = Pattern.compile("\"kid\":\"([^\"]+)\"");

    @Test
    void bothComeUpAndShareTheirKeysAndTheirRecords() throws Exception {
        try (Postgres postgres = new Postgres();
                ServerProcess one = ServerProcess.launch("first-node", settings(postgres));
                ServerProcess other = ServerProcess.launch("second-node", settings(postgres))) {
            one.awaitReadiness(PATIENCE);
            other.awaitReadiness(PATIENCE);

            assertThat(keys(one)).hasSize(1).isEqualTo(keys(other));
            String patient = one.fhir().store(new Invented().patient("Quillfeather"));
            FhirClient there = other.fhir();
            there.get(patient).send().expect(200);
            // What one node has written down, and filed or not yet, the other finds.
            assertThat(one.fhir()
                            .search("AuditEvent?subtype=read&entity=" + patient)
                            .getEntry())
                    .hasSize(1);
            assertThat(there.store(new Invented().patient("Quillfeather"))).isNotEqualTo(patient);
        }
    }

    /** What decides is the moment of the first look, which two whole starts seldom share. */
    @Test
    void oneNodeAtATimeMakesTables() throws Exception {
        ExecutorService nodes = Executors.newFixedThreadPool(NODES);
        try (Postgres postgres = new Postgres()) {
            for (int round = 0; round < 20; round++) {
                String table = "create table if not exists ROUND_" + round + " (ID integer primary key)";
                Callable<Void> start = () -> {
                    SchemaTurn.make(postgres.dataSource(), List.of(table));
                    return null;
                };
                for (Future<Void> started : nodes.invokeAll(Collections.nCopies(NODES, start))) {
                    started.get();
                }
            }
        } finally {
            nodes.shutdownNow();
        }
    }

    /** As the nodes of one server have them. */
    static List<String> settings(Postgres postgres) throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "reliability")), "node");
        List<String> settings = new ArrayList<>(Postgres.settings(postgres.port()));
        settings.add("--iop.access.beside-embedded=true");
        settings.add("--iop.sandbox.access=false");
        settings.add("--iop.smart.key.secret=an-invented-secret-of-32-characters");
        settings.add("--iop.smart.clients-file=" + folder.resolve("clients.json"));
        settings.add("--iop.smart.users-file=" + folder.resolve("users.json"));
        settings.add("--iop.database.pool-size=5");
        return settings;
    }

    private static List<String> keys(ServerProcess node) throws Exception {
        URI uri = URI.create("http://127.0.0.1:" + node.port() + "/auth/jwks");
        String keys = HttpClient.newHttpClient()
                .send(HttpRequest.newBuilder(uri).build(), BodyHandlers.ofString())
                .body();
        return KEY_ID.matcher(keys).results().map(found -> found.group(1)).toList();
    }
}
