// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.iopfhir.IopFhirServer;
import org.iopfhir.testing.Callers;
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
            command.add("--iop.http.rate.per-second=0");
            command.add("--iop.http.rate.concurrent=0");
            command.add("--logging.level.org.iopfhir.server.RequestLog=warn");
            command.addAll(Callers.settings());
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
        return management("/actuator/health/readiness")
                .filter(answer -> answer.statusCode() == 200)
                .isPresent();
    }

    /** What the management port answers, if it answers. */
    private Optional<HttpResponse<String>> management(String path) {
        URI uri = URI.create("http://127.0.0.1:" + managementPort + path);
        HttpRequest request =
                HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(15)).build();
        try {
            return Optional.of(HTTP.send(request, BodyHandlers.ofString()));
        } catch (IOException e) {
            return Optional.empty();
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

    /** The heap in use after a full collection, in megabytes. */
    double usedHeapMegabytes() {
        run(Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(), Long.toString(pid()), "GC.run");
        String metrics =
                management("/actuator/prometheus").map(HttpResponse::body).orElseThrow();
        double bytes = metrics.lines()
                .filter(line -> line.startsWith("jvm_memory_used_bytes{area=\"heap\""))
                .mapToDouble(line -> Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1)))
                .sum();
        return Math.round(bytes / 1024 / 102.4) / 10.0;
    }

    /** The most memory that it ever held, in megabytes. */
    long peakResidentMegabytes() {
        try (Stream<String> status = Files.lines(Path.of("/proc", Long.toString(pid()), "status"))) {
            String peak =
                    status.filter(line -> line.startsWith("VmHWM:")).findFirst().orElseThrow();
            return Long.parseLong(peak.replaceAll("\\D", "")) / 1024;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void run(String... command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
            process.waitFor();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
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
