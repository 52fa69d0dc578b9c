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
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CarePlan.CarePlanStatus;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.IopFhirServer;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.server.RuleHook;
import org.iopfhir.server.ValidationHook;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * What validation costs on write: the CPU of {@code POST} with and without the profiles and rules, in one run, in turns, by the same clients
 * over HTTP and on the same H2 file.
 *
 * <p>CPU is that of the whole process, so garbage collection and compiler count; the sender is in it on both sides, which
 * makes the ratio a little smaller, so its own threads are taken off. Arguments: rounds (default 100), writes per turn
 * (default 50, as many sessions as a course of treatment has), types (default all four). Prints one table row per kind of resource: medians over the rounds of the second half.
 */
public final class ValidatedWrites {
    private static final List<String> MEASURED = List.of("Encounter", "CarePlan", "Appointment", "Observation");

    private final ConfigurableApplicationContext server;
    private final IInterceptorService hooks;
    private final List<Object> checks;
    private final FhirContext fhir;
    private final Sender sender;

    private ValidatedWrites(Path folder) {
        this.server = IopFhirServer.start(
                "--server.port=0",
                "--management.server.port=0",
                "--logging.level.root=warn",
                "--logging.level.org.iopfhir.server.RequestLog=warn",
                "--iop.access.anonymous=true",
                "--iop.http.rate.per-second=0",
                "--iop.http.rate.concurrent=0",
                "--iop.database.url=jdbc:h2:file:" + folder.resolve("iop"));
        this.hooks = server.getBean(IInterceptorService.class);
        this.checks = hooks.getAllRegisteredInterceptors().stream()
                .filter(hook -> hook instanceof ValidationHook || hook instanceof RuleHook)
                .toList();
        this.fhir = server.getBean(FhirContext.class);
        this.sender = new Sender("http://localhost:" + server.getEnvironment().getProperty("local.server.port"));
    }

    public static void main(String[] args) throws Exception {
        int rounds = args.length > 0 ? Integer.parseInt(args[0]) : 100;
        int writes = args.length > 1 ? Integer.parseInt(args[1]) : 50;
        ValidatedWrites run = new ValidatedWrites(Files.createTempDirectory("validated-writes"));
        run.awaitStories();
        System.out.println("| POST | CPU ms without | CPU ms with | ratio |");
        System.out.println("|---|---|---|---|");
        for (String type : args.length > 2 ? List.of(args).subList(2, args.length) : MEASURED) {
            run.measure(type, rounds, writes);
        }
        run.server.close();
        System.exit(0);
    }

    /** The stories are loaded after the port opens; they bring everything that the resources refer to. */
    private void awaitStories() throws IOException, InterruptedException {
        String last = stories().get(stories().size() - 1).getEntry().stream()
                .map(entry -> entry.getRequest().getUrl())
                .filter(url -> url.startsWith("CarePlan/"))
                .reduce((first, second) -> second)
                .orElseThrow();
        while (sender.get(last) != 200) {
            Thread.sleep(200);
        }
        Thread.sleep(5_000);
    }

    private List<Bundle> stories() {
        return server.getBean(Conformance.class).iop().stories().stream()
                .map(story -> story.transaction().get())
                .toList();
    }

    private void measure(String type, int rounds, int writes) throws IOException, InterruptedException {
        String body = body(type);
        List<Double> without = new ArrayList<>();
        List<Double> with = new ArrayList<>();
        for (int round = 0; round < rounds; round++) {
            checks.forEach(hooks::unregisterInterceptor);
            without.add(sender.cpuOf(type, body, writes));
            checks.forEach(hooks::registerInterceptor);
            with.add(sender.cpuOf(type, body, writes));
        }
        double bare = median(without.subList(rounds / 2, rounds));
        double checked = median(with.subList(rounds / 2, rounds));
        System.out.printf(Locale.ROOT, "| %s | %.2f | %.2f | %.2f |%n", type, bare, checked, checked / bare);
    }

    /**
     * The largest resource of the type, without its id, from the second half of a course of treatment that still runs: its
     * plan is active and weeks have passed, so that the rules have something to look at.
     */
    private String body(String type) {
        Conformance conformance = server.getBean(Conformance.class);
        List<String> bodies = stories().stream()
                .filter(ValidatedWrites::isRunning)
                .flatMap(story -> story.getEntry().stream())
                .map(Bundle.BundleEntryComponent::getResource)
                .filter(resource -> resource.fhirType().equals(type))
                .filter(resource -> !conformance.check().required().of(resource).isEmpty())
                .map(this::withoutId)
                .toList();
        return Collections.max(
                bodies.subList(bodies.size() / 2, bodies.size()), Comparator.comparingInt(String::length));
    }

    private static boolean isRunning(Bundle story) {
        return story.getEntry().stream()
                .map(Bundle.BundleEntryComponent::getResource)
                .anyMatch(resource -> resource instanceof CarePlan plan && plan.getStatus() == CarePlanStatus.ACTIVE);
    }

    private String withoutId(Resource resource) {
        Resource copy = resource.copy();
        copy.setId((String) null);
        return fhir.newJsonParser().encodeResourceToString(copy);
    }

    private static double median(List<Double> values) {
        List<Double> sorted = values.stream().sorted().toList();
        return sorted.get(sorted.size() / 2);
    }

    /** Sends from this one thread and takes its own CPU off what it measures. */
    private static final class Sender {
        private final HttpClient http =
                HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
        private final ProcessorTime time = new ProcessorTime();
        private final String root;

        Sender(String root) {
            this.root = root + "/fhir/";
        }

        int get(String path) throws IOException, InterruptedException {
            HttpRequest request =
                    HttpRequest.newBuilder(URI.create(root + path)).build();
            return http.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
        }

        /** CPU milliseconds per write, all threads but those of the sender. */
        double cpuOf(String type, String body, int writes) throws IOException, InterruptedException {
            HttpRequest request = HttpRequest.newBuilder(URI.create(root + type))
                    .header("Content-Type", "application/fhir+json")
                    .POST(HttpRequest.BodyPublishers.ofString(body))
                    .build();
            List<String> stored = new ArrayList<>();
            time.start();
            for (int i = 0; i < writes; i++) {
                HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
                if (answer.statusCode() != 201) {
                    throw new IllegalStateException(answer.body());
                }
                stored.add(answer.headers().firstValue("Location").orElseThrow());
            }
            double spent = time.stop();
            delete(stored);
            return spent / writes;
        }

        /** So that each turn meets the course of treatment as it is in life, not with thousands of sessions a day. */
        private void delete(List<String> stored) throws IOException, InterruptedException {
            String entries = stored.stream()
                    .map(location -> location.substring(root.length(), location.indexOf("/_history")))
                    .map(url -> "{\"request\":{\"method\":\"DELETE\",\"url\":\"" + url + "\"}}")
                    .collect(Collectors.joining(","));
            HttpRequest request = HttpRequest.newBuilder(URI.create(root.substring(0, root.length() - 1)))
                    .header("Content-Type", "application/fhir+json")
                    .POST(HttpRequest.BodyPublishers.ofString(
                            "{\"resourceType\":\"Bundle\",\"type\":\"transaction\",\"entry\":[" + entries + "]}"))
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            if (answer.statusCode() != 200) {
                throw new IllegalStateException(answer.body());
            }
        }
    }
}
