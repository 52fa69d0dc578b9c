// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** Each access is filed once, and is found by whoever searches after it, however many others read and search meanwhile. */
class AuditFilingApiTest {

    private static final int READERS = 4;
    private static final int READS = 60;

    /** More than are filed at once. */
    private static final int ENTRIES = 600;

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void everyReadIsFoundAtOnceAndOnce() throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(READERS);
        List<Future<?>> readers = new ArrayList<>();
        for (int i = 0; i < READERS; i++) {
            readers.add(threads.submit(this::readAndCount));
        }
        for (Future<?> reader : readers) {
            reader.get(2, TimeUnit.MINUTES);
        }
        threads.shutdown();
    }

    private void readAndCount() {
        String patient = fhir.store(invented.patient("Ablage"));
        for (int i = 1; i <= READS; i++) {
            fhir.get(patient).send().expect(200);
            if (i % 5 == 0) {
                assertThat(readsOf(patient)).isEqualTo(i);
            }
        }
    }

    @Test
    void moreThanAreFiledAtOnceAreFoundToo() {
        String patient = fhir.store(invented.patient("Stapel"));
        Bundle batch = Invented.batch();
        for (int i = 0; i < ENTRIES; i++) {
            Invented.request(batch, HTTPVerb.GET, patient);
        }
        fhir.process(batch).expect(200);

        assertThat(readsOf(patient)).isEqualTo(ENTRIES);
    }

    private int readsOf(String patient) {
        return fhir.search("AuditEvent?subtype=read&_summary=count&entity=" + patient)
                .getTotal();
    }
}
