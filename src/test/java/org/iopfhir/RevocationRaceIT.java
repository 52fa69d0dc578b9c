// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Communication;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Tap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/**
 * A consent is revoked while a hospital pages through a search, assembles a record and runs Bundles: not a byte of the
 * patient's record arrives after the answer to the revocation. More rounds by {@code -Dtest.revocation.rounds=1000}.
 */
class RevocationRaceIT {

    private static final int ROUNDS = Integer.getInteger("test.revocation.rounds", 60);
    private static final int RECORDS = 12;
    private static final int LONGEST_WAIT_MILLIS = 40;
    private static final String CANARY = "CANARYOFTHERACE";

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private final String clinic = program.store(invented.organization("Program"));
    private final String recipient = program.store(invented.organization("Hospital"));
    private final String patient = program.store(invented.patient(CANARY));
    private final Callers.Who hospital = Callers.partner(recipient, "TREAT");
    private final AtomicInteger disclosed = new AtomicInteger();

    @Test
    void nothingIsDisclosedAfterTheAnswerToARevocation() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Random chance = new Random(seed);
        for (int i = 0; i < RECORDS; i++) {
            Observation observation = invented.observation(patient);
            observation.addNote().setText(CANARY);
            program.store(observation);
        }
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        String id = program.store(consent);
        consent.setId(id);
        Consent revoked = Consents.revoked(consent);
        revoked.setId(id);

        List<String> leaks = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        for (int round = 0; round < ROUNDS; round++) {
            program.put(id).body(consent).send().expect(200);
            List<Asker> askers = askers();
            List<Future<?>> running = new ArrayList<>();
            askers.forEach(asker -> running.add(threads.submit(asker)));
            Thread.sleep(chance.nextInt(LONGEST_WAIT_MILLIS));
            program.put(id).body(revoked).send().expect(200);
            askers.forEach(Asker::mark);
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
            askers.forEach(asker -> leaks.addAll(asker.leaks));
        }
        threads.shutdown();

        assertThat(leaks).as("-Dtest.seed=" + seed).isEmpty();
        assertThat(disclosed.get()).as("answers that held the record").isGreaterThan(ROUNDS / 2);
    }

    private List<Asker> askers() {
        String pages = "Observation?subject=" + patient + "&_include=Observation:subject&_count=3&_offset=";
        return List.of(
                new Asker(i -> new Request(pages + 3 * (i % 4), "")),
                new Asker(i -> new Request(patient + "/$everything", "")),
                new Asker(i -> new Request("", bundle(Invented.batch(), pages))),
                new Asker(i -> new Request("", transaction(pages))));
    }

    private String transaction(String pages) {
        Bundle transaction = Invented.transaction();
        Communication message = new Communication();
        message.setStatus(Communication.CommunicationStatus.COMPLETED).setSubject(new Reference(patient));
        Invented.post(transaction, Invented.placeholder(), message);
        return bundle(transaction, pages);
    }

    private String bundle(Bundle bundle, String pages) {
        for (int page = 0; page < 3; page++) {
            Invented.request(bundle, HTTPVerb.GET, pages + 3 * page);
        }
        Invented.request(bundle, HTTPVerb.GET, patient);
        return FhirContext.forR4Cached().newJsonParser().encodeResourceToString(bundle);
    }

    private record Request(String path, String body) {}

    /** Asks again and again, and once more after the revocation was answered. */
    private final class Asker implements Runnable {

        private final IntFunction<Request> requests;
        private final List<String> leaks = new ArrayList<>();
        private @Nullable Tap now;
        private @Nullable Tap atTheMark;
        private int arrived;
        private volatile boolean isRevoked;

        Asker(IntFunction<Request> requests) {
            this.requests = requests;
        }

        /** The revocation is answered: what has not arrived by now is too late. */
        synchronized void mark() {
            atTheMark = now;
            arrived = now == null ? 0 : now.arrived();
            isRevoked = true;
        }

        @Override
        public void run() {
            for (int i = 0; !isRevoked; i++) {
                ask(requests.apply(i));
            }
            ask(requests.apply(0));
        }

        private void ask(Request request) {
            Tap tap;
            synchronized (this) {
                now = Tap.open(program.base(), hospital, request.path(), request.body());
                tap = now;
            }
            boolean isAfter = isRevoked && tap != atTheMark;
            tap.toEnd();
            int last = tap.text().lastIndexOf(CANARY);
            if (last >= 0) {
                disclosed.incrementAndGet();
            }
            int limit = isAfter ? 0 : tap == atTheMark ? arrived : Integer.MAX_VALUE;
            if (last >= limit) {
                leaks.add(request.path() + " byte " + last + " after " + limit);
            }
        }
    }
}
