// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.iopfhir.bench.Turns.Turn;
import org.iopfhir.server.AccessHook;
import org.iopfhir.server.AuditHook;
import org.iopfhir.storage.SearchGate;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Callers.Who;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What access control and the audit trail cost: the CPU of a read and of a search for 50 resources, by nobody with the
 * hooks of both taken out, by the program's own EHR, and by an app of the patient, in one run, in turns, over HTTP and on
 * the same H2 file.
 *
 * <p>CPU is that of the whole process less that of the sender and of the compiler. Arguments: rounds that are measured
 * (default 16), reads per turn (default 1500; searches an eighth of it). Prints one table row per kind of request: medians.
 */
public final class AccessCost {

    private static final int VALUES = 60;
    private static final int READS_PER_SEARCH = 8;

    private final ConfigurableApplicationContext server;
    private final IInterceptorService hooks;
    private final List<Object> control;
    private final String base;
    private final Requests requests;

    private AccessCost(Path folder) {
        this.server = QuietServer.start(folder, "--iop.access.anonymous=true", "--iop.part2.even-answers=0");
        this.hooks = server.getBean(IInterceptorService.class);
        this.control = hooks.getAllRegisteredInterceptors().stream()
                .filter(hook -> hook instanceof AccessHook || hook instanceof SearchGate || hook instanceof AuditHook)
                .toList();
        this.base = QuietServer.base(server);
        this.requests = new Requests(base);
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 16;
        int requests = args.length > 1 ? Integer.parseInt(args[1]) : 1500;
        AccessCost run = new AccessCost(Files.createTempDirectory("access-cost"));
        run.measureAll(rounds, requests);
        run.server.close();
        System.exit(0);
    }

    private void measureAll(int rounds, int times) throws IOException, InterruptedException {
        FhirClient program = new FhirClient(base);
        Invented invented = new Invented();
        String patient = program.store(invented.patient("Bench"));
        Bundle values = Invented.transaction();
        for (int i = 0; i < VALUES; i++) {
            Invented.post(values, Invented.placeholder(), invented.observation(patient, "7." + i, "mg/dL"));
        }
        program.process(values).expect(200);
        String value = program.get("Observation?_count=1&patient=" + patient)
                .send()
                .matches()
                .get(0);
        System.out.println("| GET | CPU ms without | by a system | ratio | by a patient's app | ratio |");
        System.out.println("|---|---|---|---|---|---|");
        List<Turn> reads = turns(value, patient);
        System.out.println(Turns.row("read", new Turns(requests, times).measure(reads, rounds)));
        List<Turn> searches = turns("Observation?patient=" + patient + "&_count=50", patient);
        System.out.println(Turns.row(
                "search, 50 resources", new Turns(requests, times / READS_PER_SEARCH).measure(searches, rounds)));
    }

    private List<Turn> turns(String path, String patient) {
        Runnable off = () -> control.forEach(hooks::unregisterInterceptor);
        Runnable on = () -> hooks.registerInterceptors(control);
        Who app = Callers.patient(patient.substring("Patient/".length()));
        return List.of(
                new Turn(off, path, Callers.nobody()),
                new Turn(on, path, Callers.programSystem()),
                new Turn(() -> {}, path, app));
    }
}
