// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.io.UncheckedIOException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;

/** Clients that read one patient again and again, and count how often he was shown. */
final class Readers implements AutoCloseable {

    private final String patient;
    private final int count;
    private final AtomicInteger shown = new AtomicInteger();
    private final ExecutorService threads = Executors.newCachedThreadPool();

    /** Start {@code count} of them. */
    Readers(FhirClient fhir, int count) {
        this.patient = fhir.store(new Invented().patient("Gelesen"));
        this.count = count;
        for (int i = 0; i < count; i++) {
            threads.execute(() -> read(fhir));
        }
    }

    private void read(FhirClient fhir) {
        try {
            while (!Thread.currentThread().isInterrupted()) {
                if (fhir.get(patient).send().status() == 200) {
                    shown.incrementAndGet();
                }
            }
        } catch (UncheckedIOException e) {
            // The server is gone, which is what is waited for.
        }
    }

    /** What has to be in the audit trail. */
    Shown shown() {
        return new Shown(patient, shown.get(), shown.get() + count);
    }

    @Override
    public void close() {
        threads.shutdownNow();
    }

    /**
     * How often a patient was shown: at least as often as an answer arrived, and at most once more for each reader.
     *
     * @param patient as a reference
     */
    record Shown(String patient, int least, int most) {

        /** How often the audit trail tells of it. */
        int told(FhirClient fhir) {
            return fhir.search("AuditEvent?subtype=read&_summary=count&entity=" + patient)
                    .getTotal();
        }
    }
}
