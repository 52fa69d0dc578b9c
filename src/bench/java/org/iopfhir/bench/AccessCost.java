// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import ca.uhn.fhir.interceptor.api.IInterceptorService;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
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
 * <p>CPU is that of the whole process less that of the sender. Arguments: rounds (default 16), reads per turn (default
 * 1500; searches an eighth of it). Prints one table row per kind of request: medians over the rounds of the second half.
 */
public final class AccessCost {

    private static final int VALUES = 60;

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
        Map<String, String> kinds = new LinkedHashMap<>();
        kinds.put("read", value);
        kinds.put("search, 50 resources", "Observation?patient=" + patient + "&_count=50");
        Who app = Callers.patient(patient.substring("Patient/".length()));
        System.out.println("| GET | CPU ms without | by a system | ratio | by a patient's app | ratio |");
        System.out.println("|---|---|---|---|---|---|");
        for (Map.Entry<String, String> kind : kinds.entrySet()) {
            measure(kind.getKey(), kind.getValue(), app, rounds, kind.getKey().equals("read") ? times : times / 8);
        }
    }

    private void measure(String kind, String path, Who app, int rounds, int times)
            throws IOException, InterruptedException {
        List<Double> without = new ArrayList<>();
        List<Double> system = new ArrayList<>();
        List<Double> patient = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            control.forEach(hooks::unregisterInterceptor);
            without.add(requests.cpuOf(path, Callers.nobody(), times));
            hooks.registerInterceptors(control);
            system.add(requests.cpuOf(path, Callers.programSystem(), times));
            patient.add(requests.cpuOf(path, app, times));
        }
        double bare = Requests.settled(without);
        double whole = Requests.settled(system);
        double narrow = Requests.settled(patient);
        System.out.printf(
                Locale.ROOT,
                "| %s | %.2f | %.2f | %.2f | %.2f | %.2f |%n",
                kind,
                bare,
                whole,
                whole / bare,
                narrow,
                narrow / bare);
    }
}
