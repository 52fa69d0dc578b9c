// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.List;
import org.springframework.boot.ApplicationArguments;
import org.springframework.boot.ApplicationRunner;
import org.springframework.boot.web.context.WebServerApplicationContext;

/**
 * What runs between the open port and readiness, so that the first client is answered as fast as the second: the
 * stories are loaded, validation is warmed, and each kind of request is made once through the whole stack.
 *
 * <p>Spring Boot turns readiness on when all {@link ApplicationRunner}s have ended.
 */
final class WarmUp implements ApplicationRunner {

    private static final List<String> PATHS = List.of("/metadata", "/Patient?_count=1&_id=none", "/Patient/none");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final WebServerApplicationContext web;
    private final SelfCalls self;
    private final List<Runnable> steps;

    WarmUp(WebServerApplicationContext web, SelfCalls self, List<Runnable> steps) {
        this.web = web;
        this.self = self;
        this.steps = List.copyOf(steps);
    }

    @Override
    public void run(ApplicationArguments args) throws IOException, InterruptedException {
        steps.forEach(Runnable::run);
        String token = self.open();
        try {
            callEach(token);
        } finally {
            self.close();
        }
    }

    private void callEach(String token) throws IOException, InterruptedException {
        boolean tls = OwnTls.isOn(web.getWebServer());
        HttpClient client = tls
                ? HttpClient.newBuilder()
                        .sslContext(OwnTls.trustingWhoeverAnswers())
                        .build()
                : HttpClient.newHttpClient();
        String base =
                (tls ? "https" : "http") + "://localhost:" + web.getWebServer().getPort() + HttpSettings.FHIR_PATH;
        for (String path : PATHS) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                    .header("Authorization", "Bearer " + token)
                    .timeout(PATIENCE)
                    .build();
            client.send(request, BodyHandlers.discarding());
        }
    }
}
