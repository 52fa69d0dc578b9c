// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.hl7.fhir.r4.model.Bundle;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;

/** Clients that send one transaction after the other, and remember what was acknowledged. */
final class Writers implements AutoCloseable {

    /** What one transaction creates, by type. */
    static final Map<String, Integer> CONTENT =
            Map.of("Patient", 1, "Practitioner", 1, "Observation", 4, "Encounter", 1);

    private final FhirClient fhir;
    private final Invented invented;
    private final List<Future<?>> writers = new ArrayList<>();
    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final Queue<Attempt> attempts = new ConcurrentLinkedQueue<>();
    private final Map<String, List<String>> acknowledged = new ConcurrentHashMap<>();
    private volatile boolean stopping;

    /**
     * What came of one transaction.
     *
     * @param status 0 when the connection broke before an answer
     * @param body   the answer, empty when it was a success
     */
    record Attempt(int status, String retryAfter, String body, long nanos) {}

    /** Start {@code count} of them; all they write carries the tag of {@code invented}. */
    Writers(FhirClient fhir, Invented invented, int count) {
        this.fhir = fhir;
        this.invented = invented;
        for (int i = 0; i < count; i++) {
            String name = "w" + i + "-" + Long.toHexString(System.nanoTime());
            writers.add(threads.submit(() -> write(name)));
        }
    }

    private void write(String name) {
        for (int n = 0; !stopping; n++) {
            String own = name + "-" + n;
            Bundle transaction = transaction(invented, own);
            long start = System.nanoTime();
            try {
                Answer answer = fhir.process(transaction);
                long took = System.nanoTime() - start;
                if (answer.status() == 200) {
                    acknowledged.put(own, locations(answer.bundle()));
                    attempts.add(new Attempt(200, "", "", took));
                } else {
                    attempts.add(new Attempt(answer.status(), answer.header("Retry-After"), answer.text(), took));
                    Waiting.pause(Duration.ofMillis(50));
                }
            } catch (UncheckedIOException e) {
                attempts.add(new Attempt(0, "", String.valueOf(e.getCause()), System.nanoTime() - start));
                Waiting.pause(Duration.ofMillis(50));
            }
        }
    }

    /** A patient with an encounter, four values and who took them, each bearing the tag {@code own}. */
    static Bundle transaction(Invented invented, String own) {
        Bundle bundle = Invented.transaction();
        String patient = Invented.placeholder();
        Invented.post(bundle, patient, invented.patient(own));
        Invented.post(bundle, Invented.placeholder(), invented.practitioner(own));
        for (int i = 0; i < 4; i++) {
            Invented.post(bundle, Invented.placeholder(), invented.observation(patient, "7." + i, "mg/dL"));
        }
        Invented.post(bundle, Invented.placeholder(), invented.encounter(patient));
        bundle.getEntry()
                .forEach(entry -> entry.getResource().getMeta().addTag(Invented.SYSTEM + "/transaction", own, null));
        return bundle;
    }

    private static List<String> locations(Bundle answer) {
        return answer.getEntry().stream()
                .map(entry -> new org.hl7.fhir.r4.model.IdType(
                                entry.getResponse().getLocation())
                        .toUnqualifiedVersionless()
                        .getValue())
                .toList();
    }

    /** Of each acknowledged transaction the {@code Type/id} of what it created, by its own tag. */
    Map<String, List<String>> acknowledged() {
        return Map.copyOf(acknowledged);
    }

    List<Attempt> attempts() {
        return List.copyOf(attempts);
    }

    /** Wait until there are {@code count} more acknowledged transactions than now. */
    boolean awaitMore(int count, Duration patience) {
        int goal = acknowledged.size() + count;
        return Waiting.until(patience, () -> acknowledged.size() >= goal);
    }

    /** Let each finish what it has begun. */
    void stop() {
        stopping = true;
        for (Future<?> writer : writers) {
            try {
                writer.get(90, TimeUnit.SECONDS);
            } catch (ExecutionException | TimeoutException e) {
                throw new IllegalStateException("A writer failed", e);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new IllegalStateException(e);
            }
        }
    }

    @Override
    public void close() {
        stopping = true;
        threads.shutdownNow();
    }
}
