// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.UUID;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Callers.Who;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Whether time tells what a hospital may not see: how long an answer takes about a record that is hidden from it, and
 * about one that never was, in one run, over HTTP, one after the other in an order by chance, upon one H2 file.
 *
 * <p>Arguments: pairs of each kind of request (default 4000), of which the first quarter is thrown away, and the seed.
 * Prints one table row per kind: both medians, and the probability that an answer about a hidden record, taken by
 * chance, took longer than one about nothing (0.5: nobody can tell), with the standard error that it has when both are
 * alike.
 */
public final class HiddenTimes {

    /** Records of each sort, so that no single one of them decides. */
    private static final int RECORDS = 40;

    /** Records of a patient that are hidden beside one that is seen. */
    private static final int HIDDEN = 5;

    private static final String LABELS = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    private static final double THOUSAND = 1000;

    private final ConfigurableApplicationContext server;
    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final FhirClient program;
    private final Random chance;

    private HiddenTimes(Path folder, long seed) {
        this.server = QuietServer.start(folder);
        this.base = QuietServer.base(server);
        this.program = new FhirClient(base);
        this.chance = new Random(seed);
    }

    public static void main(String[] args) throws Exception {
        int pairs = args.length > 0 ? Integer.parseInt(args[0]) : 4000;
        long seed = args.length > 1 ? Long.parseLong(args[1]) : 1;
        HiddenTimes run = new HiddenTimes(Files.createTempDirectory("hidden-times"), seed);
        run.measureAll(pairs);
        run.server.close();
        System.exit(0);
    }

    private void measureAll(int pairs) throws IOException, InterruptedException {
        Invented invented = new Invented();
        String hospital = program.store(invented.organization("Hospital"));
        String seen = program.store(invented.patient("Gesehen"));
        program.store(invented.observation(seen));
        program.store(Consents.permit(seen, program.store(invented.organization("Clinic")), hospital, "TREAT"));
        List<String> patients = new ArrayList<>();
        List<String> values = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String patient = program.store(invented.patient("Verborgen" + i));
            patients.add(patient.substring("Patient/".length()));
            values.add(program.store(invented.observation(patient)).substring("Observation/".length()));
        }
        Who who = Callers.partner(hospital, "TREAT");
        System.out.println("| GET | hidden, median ms | missing, median ms | P(hidden is slower) | standard error |");
        System.out.println("|---|---|---|---|---|");
        measure("Observation/%s", values, who, pairs);
        measure("Observation/%s/_history", values, who, pairs);
        measure("Observation?_id=%s", values, who, pairs);
        measure("Patient/%s", patients, who, pairs);
        measure("Observation?patient=%s", patients, who, pairs);
        measure("Observation?patient:Patient._id=%s", patients, who, pairs);
        measure("Patient/%s/$everything", patients, who, pairs);
        measure("Observation?patient=%s&_total=accurate", seen(hospital, true), seen(hospital, false), who, pairs);
    }

    /** Patients of whom one record is seen, and some beside it that are hidden, or none. */
    private List<String> seen(String hospital, boolean hasHidden) {
        Invented invented = new Invented();
        List<String> patients = new ArrayList<>();
        for (int i = 0; i < RECORDS; i++) {
            String patient = program.store(invented.patient("Gesehen" + i));
            program.store(invented.observation(patient));
            program.store(Consents.permit(patient, hospital, hospital, "TREAT"));
            for (int note = 0; hasHidden && note < HIDDEN; note++) {
                Observation hidden = invented.observation(patient);
                hidden.getMeta().addSecurity(new Coding(LABELS, "PSYTHPN", null));
                program.store(hidden);
            }
            patients.add(patient.substring("Patient/".length()));
        }
        return patients;
    }

    private void measure(String pattern, List<String> hidden, Who who, int pairs)
            throws IOException, InterruptedException {
        measure(pattern, hidden, hidden.stream().map(any -> nowhere()).toList(), who, pairs);
    }

    private void measure(String pattern, List<String> hidden, List<String> missing, Who who, int pairs)
            throws IOException, InterruptedException {
        double[] ofHidden = new double[pairs];
        double[] ofMissing = new double[pairs];
        for (int i = 0; i < pairs; i++) {
            HttpRequest there = request(String.format(Locale.ROOT, pattern, hidden.get(i % RECORDS)), who);
            HttpRequest nowhere = request(String.format(Locale.ROOT, pattern, missing.get(i % RECORDS)), who);
            if (chance.nextBoolean()) {
                ofHidden[i] = millis(there);
                ofMissing[i] = millis(nowhere);
            } else {
                ofMissing[i] = millis(nowhere);
                ofHidden[i] = millis(there);
            }
        }
        double[] one = Arrays.copyOfRange(ofHidden, pairs / 4, pairs);
        double[] other = Arrays.copyOfRange(ofMissing, pairs / 4, pairs);
        Arrays.sort(one);
        Arrays.sort(other);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.3f | %.3f | %.3f | %.3f |%n",
                String.format(Locale.ROOT, pattern, "x"),
                one[one.length / 2],
                other[other.length / 2],
                slower(one, other),
                Math.sqrt((2.0 * one.length + 1) / (12.0 * one.length * one.length)));
    }

    /** An id as this server gives them, which nothing has. */
    private static String nowhere() {
        String random = UUID.randomUUID().toString();
        return random.substring(0, 14) + '8' + random.substring(15);
    }

    private HttpRequest request(String path, Who who) {
        return HttpRequest.newBuilder(URI.create(base + "/" + path))
                .header("Authorization", "Bearer " + who.token())
                .build();
    }

    private double millis(HttpRequest request) throws IOException, InterruptedException {
        long start = System.nanoTime();
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        double took = (System.nanoTime() - start) / (THOUSAND * THOUSAND);
        if (answer.statusCode() != 404 && answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
        }
        return took;
    }

    /** The share of all pairs of one of each in which the first is the larger; a tie counts half. Both are sorted. */
    private static double slower(double[] one, double[] other) {
        double larger = 0;
        int below = 0;
        int upTo = 0;
        for (double value : one) {
            while (below < other.length && other[below] < value) {
                below++;
            }
            while (upTo < other.length && other[upTo] <= value) {
                upTo++;
            }
            larger += (below + upTo) / 2.0;
        }
        return larger / one.length / other.length;
    }
}
