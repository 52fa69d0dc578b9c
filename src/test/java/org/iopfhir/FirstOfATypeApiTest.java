// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** The first resources of a new database may come from several clients at once. */
class FirstOfATypeApiTest {

    private static final int CLIENTS = 8;

    @Test
    void severalMayStoreTheFirstOnesAtOnce() throws Exception {
        try (RunningServer server = RunningServer.start()) {
            FhirClient fhir = server.fhir();
            Invented invented = new Invented();
            ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
            List<Future<String>> stored = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                stored.add(threads.submit(() -> fhir.store(invented.patient("Erste"))));
            }
            for (Future<String> one : stored) {
                assertThat(one.get(1, TimeUnit.MINUTES)).startsWith("Patient/");
            }
            threads.shutdown();
        }
    }
}
