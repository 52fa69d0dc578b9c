// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.hl7.fhir.r4.model.Bundle;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.junit.jupiter.api.Test;

/** SIGTERM under load: what was begun is answered, nothing new is taken, and the process is gone in half a minute. */
class DrainIT {

    private static final int CLIENTS = 4;
    private static final int PATIENTS_PER_TRANSACTION = 30;

    private final Invented invented = new Invented();

    @Test
    void answersWhatItHasBegunAndLeaves() throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "reliability")), "h2");
        String url = "--iop.database.url=jdbc:h2:file:" + folder.resolve("iop").toAbsolutePath();
        try (ServerProcess server = ServerProcess.start("drain", List.of(url))) {
            send(server, 1).forEach(CompletableFuture::join);
            List<CompletableFuture<HttpResponse<String>>> begun = send(server, CLIENTS);
            // A transaction of this size takes longer than its way to the server.
            Waiting.pause(Duration.ofMillis(300));
            long pending = begun.stream().filter(answer -> !answer.isDone()).count();

            long start = System.nanoTime();
            server.terminate();
            boolean notReady = Waiting.until(Duration.ofSeconds(5), () -> !server.isReady());
            double notReadyAfter = Waiting.seconds(start);
            List<String> outcomes = begun.stream().map(DrainIT::outcome).toList();
            boolean exited = server.hasExited(Duration.ofSeconds(30));

            Report.say("DrainIT: in flight at SIGTERM=" + pending + " outcomes=" + outcomes + " not ready after "
                    + notReadyAfter + "s, exited after " + Waiting.seconds(start) + "s");
            assertThat(pending).isPositive();
            assertThat(notReady).isTrue();
            assertThat(outcomes).containsOnly("200");
            assertThat(exited).isTrue();
            assertThat(refusesNewOnes(server)).isTrue();
        }
    }

    /** Each from a client of its own, so that no connection is shared. */
    private List<CompletableFuture<HttpResponse<String>>> send(ServerProcess server, int count) {
        List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            HttpRequest request = HttpRequest.newBuilder(
                            URI.create(server.fhir().base()))
                    .header("Content-Type", FhirClient.JSON)
                    .header("Authorization", "Bearer " + Callers.programSystem().token())
                    .timeout(Duration.ofSeconds(60))
                    .POST(BodyPublishers.ofString(transaction()))
                    .build();
            answers.add(HttpClient.newBuilder()
                    .version(HttpClient.Version.HTTP_1_1)
                    .build()
                    .sendAsync(request, BodyHandlers.ofString()));
        }
        return answers;
    }

    private String transaction() {
        Bundle bundle = Invented.transaction();
        for (int i = 0; i < PATIENTS_PER_TRANSACTION; i++) {
            Writers.transaction(invented, "drain").getEntry().forEach(bundle::addEntry);
        }
        return ca.uhn.fhir.context.FhirContext.forR4Cached().newJsonParser().encodeResourceToString(bundle);
    }

    private static String outcome(CompletableFuture<HttpResponse<String>> answer) {
        try {
            return String.valueOf(answer.join().statusCode());
        } catch (CompletionException e) {
            return String.valueOf(e.getCause());
        }
    }

    private static boolean refusesNewOnes(ServerProcess server) {
        try {
            server.fhir().get("metadata").send();
            return false;
        } catch (java.io.UncheckedIOException e) {
            return e.getCause() instanceof ConnectException;
        }
    }
}
