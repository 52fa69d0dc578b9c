// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.iopfhir.IopFhirServer;
import org.iopfhir.testing.FhirClient;

/** The real server in a process of its own, with the heap it ships with, so that it can be killed. */
final class ServerProcess implements AutoCloseable {

    /** Generous, since other builds may share the machine. */
    private static final Duration PATIENCE = Duration.ofMinutes(4);

    private static final Path LOGS = Path.of("target", "reliability");
    private static final AtomicInteger STARTED = new AtomicInteger();
    private static final HttpClient HTTP = HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .connectTimeout(Duration.ofSeconds(5))
            .build();

    private final Process process;
    private final Path log;
    private final int port;
    private final int managementPort;

    private ServerProcess(Process process, Path log, int port, int managementPort) {
        this.process = process;
        this.log = log;
        this.port = port;
        this.managementPort = managementPort;
        Runtime.getRuntime().addShutdownHook(new Thread(process::destroyForcibly));
    }

    /** Start it, with settings such as {@code --iop.database.pool-size=2}, and return at once. */
    static ServerProcess launch(String name, List<String> settings) {
        try {
            Files.createDirectories(LOGS);
            Path log = LOGS.resolve(name + "-" + STARTED.incrementAndGet() + ".log");
            int port = freePort();
            int managementPort = freePort();
            List<String> command = new ArrayList<>(java());
            command.add("--server.address=127.0.0.1");
            command.add("--server.port=" + port);
            command.add("--management.server.port=" + managementPort);
            command.add("--iop.sandbox.stories=false");
            command.add("--logging.level.org.iopfhir.server.RequestLog=warn");
            command.addAll(settings);
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(log.toFile())
                    .start();
            return new ServerProcess(process, log, port, managementPort);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Start it, and wait until it says that it is ready. */
    static ServerProcess start(String name, List<String> settings) {
        ServerProcess server = launch(name, settings);
        try {
            server.awaitReadiness(PATIENCE);
        } catch (RuntimeException | Error e) {
            server.close();
            throw e;
        }
        return server;
    }

    /** As {@code docker/run.sh} starts it. */
    private static List<String> java() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xms64m",
                "-Xmx" + System.getProperty("test.server.heap", "512m"),
                "-XX:+ExitOnOutOfMemoryError",
                "-cp",
                System.getProperty("java.class.path"),
                IopFhirServer.class.getName());
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    FhirClient fhir() {
        return new FhirClient("http://127.0.0.1:" + port + "/fhir");
    }

    int port() {
        return port;
    }

    long pid() {
        return process.pid();
    }

    boolean isAlive() {
        return process.isAlive();
    }

    /** Whether the readiness probe answers 200. */
    boolean isReady() {
        URI probe = URI.create("http://127.0.0.1:" + managementPort + "/actuator/health/readiness");
        HttpRequest request =
                HttpRequest.newBuilder(probe).timeout(Duration.ofSeconds(15)).build();
        try {
            return HTTP.send(request, BodyHandlers.discarding()).statusCode() == 200;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Wait until it is ready, or throw with its log. */
    void awaitReadiness(Duration patience) {
        boolean ready = Waiting.until(patience, () -> !isAlive() || isReady());
        if (!ready || !isAlive()) {
            throw new IllegalStateException("The server is not ready; its log:\n" + log());
        }
    }

    /** SIGKILL: nothing is flushed, nobody is told. */
    void kill() {
        process.destroyForcibly();
        if (!hasExited(Duration.ofSeconds(30))) {
            throw new IllegalStateException("The process survives its kill: " + pid());
        }
    }

    /** SIGTERM: please stop. */
    void terminate() {
        process.destroy();
    }

    /** Whether the process ends within {@code patience}. */
    boolean hasExited(Duration patience) {
        try {
            return process.waitFor(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    /** Exit status of the process, which must have ended. */
    int exitValue() {
        return process.exitValue();
    }

    /** All it has printed. */
    String log() {
        try {
            return Files.readString(log);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public void close() {
        if (isAlive()) {
            kill();
        }
    }
}
