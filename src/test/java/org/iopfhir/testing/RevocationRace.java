// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import ca.uhn.fhir.context.FhirContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Communication;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * A consent is given and revoked again and again, while a hospital pages through a search, assembles the whole record,
 * reads a document and runs Bundles. What arrives there after the answer to a revocation is a leak.
 */
public final class RevocationRace {

    private static final int RECORDS = 12;
    private static final int LONGEST_WAIT_MILLIS = 40;

    /** What was sent before may be in the kernel's hands still: on a busy machine it delivers two sockets out of order. */
    private static final int ON_ITS_WAY_MILLIS = 2;

    private static final String CANARY = "CANARYOFTHERACE";

    private final FhirClient program;
    private final List<String> bases;
    private final Random chance;
    private final Invented invented = new Invented();
    private final String patient;
    private final String document;
    private final Callers.Who hospital;
    private final Consent consent;
    private final Consent revoked;
    private final AtomicInteger disclosed = new AtomicInteger();

    /**
     * Store what it is about.
     *
     * @param program of the node that is told of consents
     * @param bases   of the nodes that the hospital asks
     */
    public RevocationRace(FhirClient program, List<String> bases, long seed) {
        this.program = program;
        this.bases = bases;
        this.chance = new Random(seed);
        String clinic = program.store(invented.organization("Program"));
        String recipient = program.store(invented.organization("Hospital"));
        hospital = Callers.partner(recipient, "TREAT");
        patient = program.store(invented.patient(CANARY));
        for (int i = 0; i < RECORDS; i++) {
            program.store(observation());
        }
        document = program.store(document(clinic));
        consent = Consents.permit(patient, clinic, recipient, "TREAT");
        consent.setId(program.store(consent));
        revoked = Consents.revoked(consent);
        revoked.setId(consent.getId());
    }

    private Observation observation() {
        Observation observation = invented.observation(patient);
        observation.addNote().setText(CANARY);
        return observation;
    }

    private Bundle document(String clinic) {
        Composition summary = new Composition();
        summary.setStatus(Composition.CompositionStatus.FINAL);
        summary.setType(new CodeableConcept().setText("Summary")).setTitle(CANARY);
        summary.setSubject(new Reference(patient)).addAuthor(new Reference(clinic));
        summary.setDateElement(new DateTimeType("2026-03-04T10:00:00Z"));
        Bundle bundle = invented.tagged(new Bundle()).setType(Bundle.BundleType.DOCUMENT);
        bundle.setIdentifier(new Identifier().setSystem("urn:ietf:rfc:3986").setValue("urn:uuid:" + UUID.randomUUID()));
        bundle.setTimestampElement(new InstantType("2026-03-04T10:00:00Z"));
        for (Resource resource : List.of(summary, observation())) {
            bundle.addEntry().setFullUrl(Invented.placeholder()).setResource(resource);
        }
        return bundle;
    }

    /** How many answers held something of the record. */
    public int disclosed() {
        return disclosed.get();
    }

    /** Run, and tell of what arrived too late. */
    public List<String> run(int rounds) throws InterruptedException, ExecutionException, TimeoutException {
        List<String> leaks = new ArrayList<>();
        ExecutorService threads = Executors.newCachedThreadPool();
        for (int round = 0; round < rounds; round++) {
            program.put(consent.getId()).body(consent).send().expect(200);
            List<Asker> askers =
                    bases.stream().flatMap(base -> askers(base).stream()).toList();
            List<Future<?>> running = new ArrayList<>();
            askers.forEach(asker -> running.add(threads.submit(asker)));
            Thread.sleep(chance.nextInt(LONGEST_WAIT_MILLIS));
            program.put(consent.getId()).body(revoked).send().expect(200);
            askers.forEach(Asker::mark);
            Thread.sleep(ON_ITS_WAY_MILLIS);
            askers.forEach(Asker::count);
            for (Future<?> one : running) {
                one.get(60, TimeUnit.SECONDS);
            }
            askers.forEach(asker -> leaks.addAll(asker.leaks()));
        }
        threads.shutdown();
        return leaks;
    }

    private List<Asker> askers(String base) {
        String pages = "Observation?subject=" + patient + "&_include=Observation:subject&_count=3&_offset=";
        return List.of(
                new Asker(base, i -> new Request(pages + 3 * (i % 4), "")),
                new Asker(base, i -> new Request(i % 2 == 0 ? patient + "/$everything" : document, "")),
                new Asker(base, i -> new Request("", bundle(Invented.batch(), pages))),
                new Asker(base, i -> new Request("", transaction(pages))));
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
        Invented.request(bundle, HTTPVerb.GET, document);
        return FhirContext.forR4Cached().newJsonParser().encodeResourceToString(bundle);
    }

    private record Request(String path, String body) {}

    /** Asks again and again, and some more after the revocation was answered. */
    private final class Asker implements Runnable {

        private static final int TIMES_AFTER = 2;

        private final String base;
        private final IntFunction<Request> requests;
        private final List<String> leaks = new ArrayList<>();
        private @Nullable Tap now;
        private @Nullable Tap atTheMark;
        private int arrived;
        private long marked;
        private volatile boolean isRevoked;

        Asker(String base, IntFunction<Request> requests) {
            this.base = base;
            this.requests = requests;
        }

        /** The revocation is answered: what is asked from now on is too late. */
        synchronized void mark() {
            marked = System.nanoTime();
            atTheMark = now;
            isRevoked = true;
        }

        /** What has not arrived by now of what was asked before is too late. */
        synchronized void count() {
            arrived = atTheMark == null ? 0 : atTheMark.arrived();
        }

        @Override
        public void run() {
            for (int i = 0; !isRevoked; i++) {
                ask(requests.apply(i));
            }
            for (int i = 0; i < TIMES_AFTER; i++) {
                ask(requests.apply(i));
            }
        }

        private void ask(Request request) {
            Tap tap;
            boolean isAfter;
            synchronized (this) {
                isAfter = isRevoked;
                tap = Tap.open(base, hospital, request.path(), request.body());
                now = tap;
            }
            tap.toEnd();
            int last = tap.text().lastIndexOf(CANARY);
            if (last >= 0) {
                disclosed.incrementAndGet();
            }
            if (isAfter && last >= 0) {
                leaks.add(request.path() + " was asked afterwards");
            }
        }

        /** What came too late, when all has come. */
        List<String> leaks() {
            Tap tap = atTheMark;
            int last = tap == null ? -1 : tap.text().lastIndexOf(CANARY);
            if (tap != null && last >= arrived) {
                leaks.add("byte " + last + " after " + arrived + ", the last of all came "
                        + (tap.lastRead() - marked) / 1000 + " microseconds after the revocation's answer");
            }
            return leaks;
        }
    }
}
