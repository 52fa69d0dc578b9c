// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.IInterceptorService;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Observation.ObservationStatus;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.IopFhirServer;
import org.iopfhir.server.AuditHook;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What the audit trail costs: the CPU of a read, of searches of 50 and of a write with and without it, in one run, in
 * turns, by the same client over HTTP and on the same H2 file.
 *
 * <p>CPU is that of the whole process, so garbage collection, compiler and the writing of the file count; the sender's
 * own threads are taken off. Arguments: rounds (default 20), requests per turn (default 200). Prints one table row per
 * kind of request: medians over the rounds of the second half.
 */
public final class AuditCost {

    private static final int PATIENTS = 50;

    private final ConfigurableApplicationContext server;
    private final IInterceptorService hooks;
    private final AuditHook audit;
    private final Sender sender;

    private AuditCost(String url) {
        this.server = IopFhirServer.start(
                "--server.port=0",
                "--management.server.port=0",
                "--logging.level.root=warn",
                "--logging.level.org.iopfhir=warn",
                "--iop.sandbox.stories=false",
                "--iop.access.anonymous=true",
                "--iop.http.rate.per-second=0",
                "--iop.http.rate.concurrent=0",
                "--iop.database.url=" + url);
        this.hooks = server.getBean(IInterceptorService.class);
        this.audit = server.getBean(AuditHook.class);
        this.sender = new Sender("http://localhost:" + server.getEnvironment().getProperty("local.server.port"));
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 20;
        int requests = args.length > 1 ? Integer.parseInt(args[1]) : 200;
        AuditCost run = new AuditCost(
                "jdbc:h2:file:" + Files.createTempDirectory("audit-cost").resolve("iop"));
        run.fill();
        System.out.println("| request | CPU ms without | CPU ms with audit | ratio |");
        System.out.println("|---|---|---|---|");
        run.measure("read", run.get("Observation/cost-1"), rounds, requests);
        run.measure(
                "search, 50 of one patient", run.get("Observation?subject=Patient/cost-0&_count=50"), rounds, requests);
        run.measure(
                "search, 50 of 50 patients", run.get("Observation?category=laboratory&_count=50"), rounds, requests);
        run.measure("create", run.post("Observation", observation(0)), rounds, requests);
        run.server.close();
        System.exit(0);
    }

    /** One value of each patient, and fifty more of the first. */
    private void fill() throws IOException, InterruptedException {
        Bundle bundle = new Bundle().setType(Bundle.BundleType.TRANSACTION);
        for (int i = 0; i < PATIENTS; i++) {
            Patient patient = new Patient();
            patient.addName().setFamily("Invented").addGiven("Number " + i);
            put(bundle, "Patient/cost-" + i, patient);
            put(bundle, "Observation/cost-" + i, observation(i));
        }
        for (int i = 0; i < PATIENTS; i++) {
            Observation more = observation(0);
            more.getCategory().clear();
            put(bundle, "Observation/cost-more-" + i, more);
        }
        int status = sender.send(request("").POST(body(bundle)).build());
        if (status != 200) {
            throw new IllegalStateException("not filled: " + status);
        }
    }

    private static void put(Bundle bundle, String id, org.hl7.fhir.r4.model.Resource resource) {
        resource.setId(id);
        bundle.addEntry()
                .setResource(resource)
                .getRequest()
                .setMethod(HTTPVerb.PUT)
                .setUrl(id);
    }

    private static Observation observation(int patient) {
        Observation observation = new Observation().setStatus(ObservationStatus.FINAL);
        observation.addCategory(new CodeableConcept(
                new Coding("http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory")));
        observation.getCode().addCoding(new Coding("http://loinc.org", "5778-6", "Color of Urine"));
        observation.setSubject(new Reference("Patient/cost-" + patient));
        observation.setEffective(new DateTimeType("2026-03-04T10:00:00Z"));
        observation.setValue(new Quantity(1)
                .setUnit("1")
                .setSystem("http://unitsofmeasure.org")
                .setCode("1"));
        return observation;
    }

    private HttpRequest get(String path) {
        return request(path).build();
    }

    private HttpRequest post(String path, Observation resource) {
        return request(path).POST(body(resource)).build();
    }

    private HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create(sender.root + path)).header("Content-Type", "application/fhir+json");
    }

    private static HttpRequest.BodyPublisher body(org.hl7.fhir.r4.model.Resource resource) {
        return HttpRequest.BodyPublishers.ofString(
                FhirContext.forR4Cached().newJsonParser().encodeResourceToString(resource));
    }

    private void measure(String name, HttpRequest request, int rounds, int requests)
            throws IOException, InterruptedException {
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            hooks.unregisterInterceptor(audit);
            without.add(sender.cpuOf(request, requests));
            hooks.registerInterceptor(audit);
            with.add(sender.cpuOf(request, requests));
        }
        double bare = median(without.subList(rounds / 2, rounds));
        double audited = median(with.subList(rounds / 2, rounds));
        System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f | %.2f |%n", name, bare, audited, audited / bare);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Sends from this one thread and takes its own CPU off what it measures. */
    private static final class Sender {
        private final com.sun.management.OperatingSystemMXBean process =
                java.lang.management.ManagementFactory.getPlatformMXBean(
                        com.sun.management.OperatingSystemMXBean.class);
        private final java.lang.management.ThreadMXBean threads =
                java.lang.management.ManagementFactory.getThreadMXBean();
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final String root;

        Sender(String root) {
            this.root = root + "/fhir/";
        }

        int send(HttpRequest request) throws IOException, InterruptedException {
            return http.send(request, HttpResponse.BodyHandlers.ofByteArray()).statusCode();
        }

        /** CPU milliseconds per request, all threads but those of the sender. */
        double cpuOf(HttpRequest request, int requests) throws IOException, InterruptedException {
            long own = ownCpu();
            long all = process.getProcessCpuTime();
            for (int i = 0; i < requests; i++) {
                int status = send(request);
                if (status != 200 && status != 201) {
                    throw new IllegalStateException("status " + status);
                }
            }
            long spent = process.getProcessCpuTime() - all - (ownCpu() - own);
            return spent / 1e6 / requests;
        }

        private long ownCpu() {
            long sum = 0;
            for (long id : threads.getAllThreadIds()) {
                var info = threads.getThreadInfo(id);
                if (info != null
                        && (info.getThreadName().contains("main")
                                || info.getThreadName().startsWith("HttpClient"))) {
                    sum += threads.getThreadCpuTime(id);
                }
            }
            return sum;
        }
    }
}
