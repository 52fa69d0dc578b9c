// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Callers.Who;

/** Sends the same {@code GET} again and again, and tells the CPU that the server spends on one. */
final class Requests {

    private final String base;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private final ProcessorTime time = new ProcessorTime();

    Requests(String base) {
        this.base = base;
    }

    /**
     * CPU milliseconds for one request, all threads but those of the sender.
     *
     * @param last sent once after them, by the program's own EHR, and counted with them
     */
    double cpuOf(String path, Who who, int times, String last) throws IOException, InterruptedException {
        HttpRequest request = request(path, who);
        HttpRequest end = request(last, Callers.programSystem());
        time.start();
        for (int i = 0; i < times; i++) {
            send(request);
        }
        send(end);
        return time.stop() / times;
    }

    private HttpRequest request(String path, Who who) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + "/" + path));
        if (who.token() != null) {
            request.header("Authorization", "Bearer " + who.token());
        }
        return request.build();
    }

    private void send(HttpRequest request) throws IOException, InterruptedException {
        HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
        if (answer.statusCode() != 200) {
            throw new IllegalStateException(answer.body());
        }
    }
}
