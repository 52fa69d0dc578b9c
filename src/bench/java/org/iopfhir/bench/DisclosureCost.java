// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.io.IOException;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Bundle;
import org.iopfhir.bench.Turns.Turn;
import org.iopfhir.server.DisclosureHook;
import org.iopfhir.server.LabelHook;
import org.iopfhir.server.ReleaseHook;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.storage.disclosure.Viewers;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Callers.Who;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What 42 CFR Part 2 costs: the CPU of a read and of a search for 50 resources by the system of a hospital, and by the
 * program's own EHR; with labels, decision, filter, notice and accounting, and without all of them. And whether a
 * hospital that holds the consents of 2,000 patients searches as fast as one that holds 20. In one run, in turns, over
 * HTTP, with tokens and audit on, on the same H2 file.
 *
 * <p>CPU is that of the whole process less that of the sender and of the compiler. Arguments: rounds that are measured
 * (default 12), searches per turn (default 300; of reads six times as many), consents of the large hospital (default
 * 2,000). Prints medians.
 */
public final class DisclosureCost {

    private static final int VALUES = 60;
    private static final int FEW = 20;
    private static final int PER_PATIENT = 3;

    /** A read takes so much less that it needs more of them to be compiled and to be told from the noise. */
    private static final int READS_PER_SEARCH = 6;

    private static final int PATIENTS_AT_ONCE = 50;
    private static final String ALL_VALUES = "Observation?code=5778-6&_count=50";

    private final ConfigurableApplicationContext server;
    private final IInterceptorService hooks;
    private final List<Object> part2;
    private final Switch enforced;
    private final FhirClient program;
    private final Requests requests;
    private final Invented invented = new Invented();
    private final String clinic;

    private DisclosureCost(Path folder) {
        // Requests after a wait take more CPU, whoever sends them, which would count as what disclosure costs.
        this.server = QuietServer.start(folder, "--iop.part2.even-answers=0");
        this.hooks = server.getBean(IInterceptorService.class);
        this.part2 = hooks.getAllRegisteredInterceptors().stream()
                .filter(hook ->
                        hook instanceof DisclosureHook || hook instanceof ReleaseHook || hook instanceof LabelHook)
                .toList();
        this.enforced = Switch.before(server.getBean(Disclosures.class));
        String base = QuietServer.base(server);
        this.requests = new Requests(base);
        this.program = new FhirClient(base).as(Callers.programSystem());
        this.clinic = program.store(invented.organization("Program"));
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 12;
        int times = args.length > 1 ? Integer.parseInt(args[1]) : 300;
        int many = args.length > 2 ? Integer.parseInt(args[2]) : 2_000;
        DisclosureCost run = new DisclosureCost(Files.createTempDirectory("disclosure-cost"));
        run.withAndWithout(rounds, times);
        run.manyAndFew(rounds, times, many);
        run.server.close();
        System.exit(0);
    }

    private void withAndWithout(int rounds, int times) throws IOException, InterruptedException {
        String hospital = program.store(invented.organization("Hospital"));
        String labelled = patientWithValues(hospital);
        turn(false);
        String plain = patientWithValues(hospital);
        String ofPlain = value(plain);
        turn(true);
        System.out.println("| GET | CPU ms without | hospital | ratio | program's EHR | ratio |");
        System.out.println("|---|---|---|---|---|---|");
        Who partner = Callers.partner(hospital, "TREAT");
        List<Turn> reads = turns(ofPlain, value(labelled), partner);
        System.out.println(Turns.row("read", new Turns(requests, times * READS_PER_SEARCH).measure(reads, rounds)));
        List<Turn> searches = turns(values(plain), values(labelled), partner);
        System.out.println(Turns.row("search, 50 resources", new Turns(requests, times).measure(searches, rounds)));
    }

    private List<Turn> turns(String plain, String labelled, Who partner) {
        return List.of(
                new Turn(() -> turn(false), plain, partner),
                new Turn(() -> turn(true), labelled, partner),
                new Turn(() -> {}, labelled, Callers.programSystem()));
    }

    private String value(String patient) {
        return program.get("Observation?_count=1&patient=" + patient)
                .send()
                .matches()
                .get(0);
    }

    private static String values(String patient) {
        return "Observation?patient=" + patient + "&_count=50";
    }

    private void turn(boolean on) {
        enforced.isOn = on;
        if (on) {
            hooks.registerInterceptors(part2);
        } else {
            part2.forEach(hooks::unregisterInterceptor);
        }
    }

    private String patientWithValues(String hospital) {
        String patient = program.store(invented.patient("Bench"));
        Bundle values = Invented.transaction();
        for (int i = 0; i < VALUES; i++) {
            Invented.post(values, Invented.placeholder(), invented.observation(patient, "7." + i, "mg/dL"));
        }
        program.process(values).expect(200);
        program.store(Consents.permit(patient, clinic, hospital, "TREAT"));
        return patient;
    }

    private void manyAndFew(int rounds, int times, int many) throws IOException, InterruptedException {
        String small = program.store(invented.organization("Small hospital"));
        String large = program.store(invented.organization("Large hospital"));
        String ofSmall = patients(small, FEW);
        String ofLarge = patients(large, many);
        System.out.printf("%n| GET | CPU ms with %d consents | with %d | ratio |%n", FEW, many);
        System.out.println("|---|---|---|---|");
        for (boolean isOfOne : List.of(true, false)) {
            List<Turn> turns = List.of(
                    new Turn(() -> {}, ALL_VALUES + of(isOfOne, ofSmall), Callers.partner(small, "TREAT")),
                    new Turn(() -> {}, ALL_VALUES + of(isOfOne, ofLarge), Callers.partner(large, "TREAT")));
            String what = isOfOne ? "values of one patient" : "values of all patients, 50 on the page";
            System.out.println(Turns.row(what, new Turns(requests, times).measure(turns, rounds)));
        }
    }

    private static String of(boolean isOfOne, String patient) {
        return isOfOne ? "&patient=" + patient : "";
    }

    /** Store patients whose consents {@code hospital} holds, with some values each; return one of them. */
    private String patients(String hospital, int count) {
        String last = "";
        for (int from = 0; from < count; from += PATIENTS_AT_ONCE) {
            Bundle bundle = Invented.transaction();
            for (int i = from; i < Math.min(count, from + PATIENTS_AT_ONCE); i++) {
                String patient = Invented.placeholder();
                Invented.post(bundle, patient, invented.patient("Bench" + i));
                for (int value = 0; value < PER_PATIENT; value++) {
                    Invented.post(
                            bundle, Invented.placeholder(), invented.observation(patient, i + "." + value, "mg/dL"));
                }
                Invented.post(bundle, Invented.placeholder(), Consents.permit(patient, clinic, hospital, "TREAT"));
            }
            last = program.process(bundle).expect(200).bundle().getEntry().stream()
                    .map(entry -> entry.getResponse().getLocation())
                    .filter(location -> location.startsWith("Patient/"))
                    .map(location -> location.substring(0, location.indexOf("/_history")))
                    .reduce(last, (before, after) -> after);
        }
        return last;
    }

    /** Who looks is known while it is on; else everybody sees everything, as if the server had asked itself. */
    private static final class Switch implements Viewers {

        private final Viewers known;
        private volatile boolean isOn = true;

        private Switch(Viewers known) {
            this.known = known;
        }

        static Switch before(Disclosures disclosures) {
            try {
                Field field = Disclosures.class.getDeclaredField("viewers");
                field.setAccessible(true);
                Switch before = new Switch((Viewers) field.get(disclosures));
                field.set(disclosures, before);
                return before;
            } catch (ReflectiveOperationException e) {
                throw new IllegalStateException(e);
            }
        }

        @Override
        public Optional<Viewer> of(@Nullable RequestDetails request) {
            return isOn ? known.of(request) : Optional.empty();
        }
    }
}
