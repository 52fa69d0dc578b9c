// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.iopfhir.storage.journal.AuditFiling;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.TestDatabase;
import org.junit.jupiter.api.Test;

/**
 * No request of somebody outside waits for a second connection while it holds one, and the entries of batches take none
 * that a request could need: with as many callers as the pool has connections, one is always left, whatever they ask.
 */
class SmallPoolApiTest {

    private static final int CALLERS = 4;
    private static final int ROUNDS = 4;
    private static final int ENTRIES = 20;

    private final Invented invented = new Invented();

    @Test
    void asManyCallersOutsideAsConnectionsLeaveOneFree() throws Exception {
        // Patience is not the matter here; that it ends shows a deadlock.
        try (RunningServer server =
                RunningServer.start("--iop.database.pool-size=" + CALLERS, "--iop.database.connection-timeout=60s")) {
            FhirClient program = server.fhir();
            String hospital = program.store(invented.organization("Hospital"));
            String clinic = program.store(invented.organization("Clinic"));
            String patient = program.store(invented.patient("Wartende"));
            String value = program.store(invented.observation(patient));
            program.store(Consents.permit(patient, clinic, hospital, "TREAT"));
            FhirClient outside = program.as(Callers.partner(hospital, "TREAT"));
            // It takes a connection too, now and then and never a second one.
            server.own(AuditFiling.class).close();
            HikariPoolMXBean pool = server.own(HikariDataSource.class).getHikariPoolMXBean();
            List<String> asked = asked(patient, value);
            List<Callable<List<String>>> callers = IntStream.range(0, CALLERS)
                    .<Callable<List<String>>>mapToObj(first -> () -> rounds(outside, patient, asked, first))
                    .toList();

            ExecutorService threads = Executors.newFixedThreadPool(CALLERS);
            List<Future<List<String>>> running =
                    callers.stream().map(threads::submit).toList();
            int most = mostInUse(pool, running);
            threads.shutdown();
            for (Future<List<String>> caller : running) {
                assertThat(caller.get()).isEmpty();
            }
            // Upon PostgreSQL the node itself looks now and then whether a consent has changed elsewhere.
            int ofTheNode = TestDatabase.isPostgres() ? 1 : 0;
            assertThat(most - ofTheNode).isBetween(2, CALLERS - 1);
        }
    }

    private static List<String> asked(String patient, String value) {
        return List.of(
                value,
                value + "/_history",
                "Observation?_total=accurate&patient=" + patient,
                "Observation?subject:Patient.family=Wartende",
                "Patient?_has:Observation:patient:status=final",
                "Observation?_id=" + value.substring("Observation/".length()),
                patient,
                patient + "/$everything");
    }

    private static int mostInUse(HikariPoolMXBean pool, List<Future<List<String>>> running)
            throws InterruptedException {
        int most = 0;
        while (!running.stream().allMatch(Future::isDone)) {
            most = Math.max(most, pool.getActiveConnections());
            Thread.sleep(1);
        }
        return most;
    }

    /** What was not answered as it should. */
    private List<String> rounds(FhirClient outside, String patient, List<String> asked, int first) {
        List<String> refused = new ArrayList<>();
        for (int round = 0; round < ROUNDS; round++) {
            String path = asked.get((first + round) % asked.size());
            note(refused, path, outside.get(path).send());
            note(
                    refused,
                    "POST",
                    outside.post("Observation")
                            .body(invented.observation(patient))
                            .send());
            Bundle batch = Invented.batch();
            for (int i = 0; i < ENTRIES; i++) {
                Invented.request(batch, HTTPVerb.GET, asked.get((first + i) % asked.size()));
            }
            Answer answer = outside.process(batch);
            note(refused, "batch", answer);
            answer.bundle().getEntry().stream()
                    .map(entry -> entry.getResponse().getStatus())
                    .filter(status -> !status.startsWith("200"))
                    .forEach(status -> refused.add("entry " + status));
        }
        return refused;
    }

    private static void note(List<String> refused, String what, Answer answer) {
        if (answer.status() != 200 && answer.status() != 201) {
            refused.add(what + " " + answer.status() + " " + answer.text());
        }
    }
}
