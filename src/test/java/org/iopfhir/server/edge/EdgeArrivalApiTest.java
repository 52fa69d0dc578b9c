// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.Socket;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Bodies that come slowly, not at all, too large, too many. With {@link BodyArrival} before the filter and without. */
class EdgeArrivalApiTest {

    private static final String POST = "POST /fhir/Patient HTTP/1.1";
    private static final String TYPE = "Content-Type: application/fhir+json\r\n";
    private static final Map<String, String> IMPATIENT = Map.of("iop.edge.body.deadline", "1s");

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void answersAtTheDeadlineWhenTheBodyDrips(boolean early) throws Exception {
        try (EdgeServer server = new EdgeServer(IMPATIENT, early, 0);
                Socket socket = RawClient.open(server.port(), POST, TYPE + "Content-Length: 1000\r\n")) {
            long start = System.nanoTime();
            Thread dripping = new Thread(() -> drip(socket));
            dripping.start();

            RawClient.Answer answer = RawClient.answer(socket);

            assertThat(answer.status()).isEqualTo(408);
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("within 1 seconds");
            assertThat(answer.head()).containsIgnoringCase("Connection: close");
            assertThat(Duration.ofNanos(System.nanoTime() - start))
                    .isBetween(Duration.ofMillis(900), Duration.ofSeconds(4));
            assertThat(server.echo.asked).hasValue(0);
            waitUntilReturned(server.memory);
            dripping.interrupt();
            dripping.join();
        }
    }

    @Test
    void answersAtTheDeadlineWhenTheClientIsSilent() throws Exception {
        try (EdgeServer server = new EdgeServer(IMPATIENT, true, 0);
                Socket socket = RawClient.open(server.port(), POST, TYPE + "Transfer-Encoding: chunked\r\n")) {
            RawClient.Answer answer = RawClient.answer(socket);

            assertThat(answer.status()).isEqualTo(408);
        }
    }

    @Test
    void refusesABodyThatIsNotSentAsHttpWantsIt() throws Exception {
        try (EdgeServer server = new EdgeServer(IMPATIENT, true, 0)) {
            byte[] body = "what\r\n{}\r\n0\r\n\r\n".getBytes(StandardCharsets.UTF_8);

            RawClient.Answer answer = RawClient.ask(server.port(), POST, TYPE + "Transfer-Encoding: chunked\r\n", body);

            assertThat(answer.status()).isEqualTo(400);
            assertThat(new String(answer.body(), StandardCharsets.UTF_8)).contains("OperationOutcome");
        }
    }

    @Test
    void servesOthersWhileHundredsAreSlow() throws Exception {
        List<Socket> slow = new ArrayList<>();
        try (EdgeServer server = new EdgeServer(Map.of("iop.edge.body.deadline", "20s"), true, 8)) {
            for (int i = 0; i < 300; i++) {
                slow.add(RawClient.open(server.port(), POST, TYPE + "Content-Length: 16000000\r\n"));
            }
            for (Socket socket : slow) {
                socket.getOutputStream().write('{');
            }
            long start = System.nanoTime();

            for (int i = 0; i < 20; i++) {
                byte[] body = "{\"a\":1}".getBytes(StandardCharsets.UTF_8);
                assertThat(RawClient.ask(server.port(), POST, TYPE + "Content-Length: 7\r\n", body)
                                .status())
                        .isEqualTo(200);
            }

            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(5));
            assertThat(server.memory.taken()).isLessThan(4_000_000);
            for (Socket socket : slow) {
                socket.close();
            }
            waitUntilReturned(server.memory);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void refusesAnAnnouncedSizeBeforeItIsSent(boolean early) throws Exception {
        try (EdgeServer server = new EdgeServer(Map.of(), early, 0);
                Socket socket = RawClient.open(server.port(), POST, TYPE + "Content-Length: 16777217\r\n")) {
            assertThat(RawClient.answer(socket).status()).isEqualTo(413);
        }
        try (EdgeServer server = new EdgeServer(Map.of(), early, 0);
                Socket socket = RawClient.open(
                        server.port(), POST, TYPE + "Expect: 100-continue\r\nContent-Length: 16777217\r\n")) {
            assertThat(RawClient.answer(socket).status()).isEqualTo(413);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void givesTheAnswerToAClientThatSendsTooMuch(boolean early) throws Exception {
        byte[] large = new byte[20 * 1024 * 1024];
        try (EdgeServer server = new EdgeServer(Map.of(), early, 0)) {
            for (BodyPublisherKind kind : BodyPublisherKind.values()) {
                HttpRequest request = HttpRequest.newBuilder(server.uri("/Patient"))
                        .header("Content-Type", "application/fhir+json")
                        .timeout(Duration.ofSeconds(10))
                        .POST(kind.of(large))
                        .build();
                HttpResponse<String> response = server.client.send(request, BodyHandlers.ofString());

                assertThat(response.statusCode()).as("%s", kind).isEqualTo(413);
                assertThat(response.body()).contains("OperationOutcome");
            }
            waitUntilReturned(server.memory);
        }
    }

    private enum BodyPublisherKind {
        WITH_LENGTH,
        CHUNKED;

        HttpRequest.BodyPublisher of(byte[] body) {
            return this == WITH_LENGTH
                    ? BodyPublishers.ofByteArray(body)
                    : BodyPublishers.fromPublisher(BodyPublishers.ofByteArray(body));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void asksClientsToComeBackWhenTooMuchIsInMemory(boolean early) throws Exception {
        Map<String, String> small = Map.of(
                "iop.edge.body.max-size", "100KB",
                "iop.edge.body.max-unpacked", "100KB",
                "iop.edge.body.max-together", "120KB");
        byte[] most = ("{\"a\":\"" + "x".repeat(90_000)).getBytes(StandardCharsets.UTF_8);
        byte[] whole = ("{\"a\":\"" + "x".repeat(90_000) + "\"}").getBytes(StandardCharsets.UTF_8);
        String headers = TYPE + "Content-Length: " + whole.length + "\r\n";
        try (EdgeServer server = new EdgeServer(small, early, 0);
                Socket first = RawClient.open(server.port(), POST, headers)) {
            first.getOutputStream().write(most);
            waitUntilTaken(server.memory, most.length);

            RawClient.Answer second = RawClient.ask(server.port(), POST, headers, whole);
            first.getOutputStream().write("\"}".getBytes(StandardCharsets.UTF_8));
            RawClient.Answer answer = RawClient.answer(first);

            assertThat(second.status()).isEqualTo(503);
            assertThat(second.head()).contains("Retry-After:");
            assertThat(answer.status()).isEqualTo(200);
            assertThat(answer.body()).isEqualTo(whole);
        }
    }

    @Test
    void keepsTheConnectionAfterARefusedBodyThatWasRead() throws Exception {
        try (EdgeServer server = new EdgeServer(Map.of(), true, 0);
                Socket socket = RawClient.open(server.port(), POST, TYPE + "Content-Length: 2\r\n")) {
            socket.getOutputStream().write("{]".getBytes(StandardCharsets.UTF_8));
            assertThat(RawClient.answer(socket).status()).isEqualTo(400);

            socket.getOutputStream()
                    .write("GET /fhir/Patient/a HTTP/1.1\r\nHost: a\r\n\r\n".getBytes(StandardCharsets.UTF_8));
            assertThat(RawClient.answer(socket).status()).isEqualTo(200);
        }
    }

    private static void waitUntilTaken(BodyMemory memory, int bytes) throws InterruptedException {
        for (int i = 0; i < 500 && memory.taken() < bytes; i++) {
            Thread.sleep(10);
        }
        assertThat(memory.taken()).isGreaterThanOrEqualTo(bytes);
    }

    private static void waitUntilReturned(BodyMemory memory) throws InterruptedException {
        for (int i = 0; i < 500 && memory.taken() > 0; i++) {
            Thread.sleep(10);
        }
        assertThat(memory.taken()).isZero();
    }

    private static void drip(Socket socket) {
        try {
            while (!Thread.interrupted()) {
                socket.getOutputStream().write(' ');
                socket.getOutputStream().flush();
                Thread.sleep(100);
            }
        } catch (IOException | InterruptedException e) {
            // the server has closed, or the test is over
        }
    }
}
