// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** A PostgreSQL that can be killed and started again upon the same data and port. It keeps its promises: a commit is on disk. */
final class Postgres implements AutoCloseable {

    private final Path data;
    private int port;
    private @Nullable EmbeddedPostgres running;

    Postgres() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "reliability"));
            data = Files.createTempDirectory(folder, "postgres").toAbsolutePath();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        start();
    }

    /** Start it, at the second time upon what the first has written. */
    void start() {
        try {
            EmbeddedPostgres.Builder builder = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // Zonky turns these off, and then PostgreSQL itself loses what it has acknowledged.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "60");
            EmbeddedPostgres started = (port == 0 ? builder : builder.setPort(port)).start();
            port = started.getPort();
            running = started;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return port;
    }

    /** SIGKILL to the postmaster; its children notice and leave. */
    void kill() {
        ProcessHandle postmaster = postmaster();
        List<ProcessHandle> children = postmaster.children().toList();
        postmaster.destroyForcibly();
        boolean gone = Waiting.until(
                Duration.ofSeconds(20),
                () -> !postmaster.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
        if (!gone) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    private ProcessHandle postmaster() {
        try {
            String pid = Files.readAllLines(data.resolve("postmaster.pid")).get(0);
            return ProcessHandle.of(Long.parseLong(pid.trim())).orElseThrow();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** How the server reaches it through {@code port}. */
    static List<String> settings(int port) {
        return List.of(
                "--iop.database.url=jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                "--iop.database.user=postgres",
                "--iop.database.password=postgres");
    }

    @Override
    public void close() {
        try {
            if (running != null) {
                running.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
