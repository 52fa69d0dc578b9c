// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;

/** A PostgreSQL that can be killed and started again upon the same data and port. It keeps its promises: a commit is on disk. */
final class Postgres implements AutoCloseable {

    private final Path data;
    private final EmbeddedPostgres zonky;
    private List<String> command = List.of();

    Postgres() {
        try {
            Path folder = Files.createDirectories(Path.of("target", "reliability"));
            data = Files.createTempDirectory(folder, "postgres").toAbsolutePath();
            zonky = EmbeddedPostgres.builder()
                    .setDataDirectory(data)
                    .setCleanDataDirectory(false)
                    // Zonky turns these off, and then PostgreSQL itself loses what it has acknowledged.
                    .setServerConfig("fsync", "on")
                    .setServerConfig("synchronous_commit", "on")
                    .setServerConfig("max_connections", "60")
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    int port() {
        return zonky.getPort();
    }

    /** SIGKILL to the postmaster; its children notice and leave. */
    void kill() {
        ProcessHandle postmaster = postmaster();
        command = commandLine(postmaster);
        List<ProcessHandle> children = postmaster.children().toList();
        postmaster.destroyForcibly();
        boolean gone = Waiting.until(
                Duration.ofSeconds(20),
                () -> !postmaster.isAlive() && children.stream().noneMatch(ProcessHandle::isAlive));
        if (!gone) {
            children.forEach(ProcessHandle::destroyForcibly);
        }
    }

    /** Start it again as it was started before it was killed, upon what it has written. */
    void restart() {
        List<String> again = new ArrayList<>();
        if ("root".equals(System.getProperty("user.name"))) {
            // PostgreSQL refuses to run as root.
            again.addAll(List.of("unshare", "-U"));
        }
        again.addAll(command);
        try {
            new ProcessBuilder(again)
                    .redirectErrorStream(true)
                    .redirectOutput(data.resolve("restarted.log").toFile())
                    .start();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> commandLine(ProcessHandle process) {
        try {
            String line = Files.readString(Path.of("/proc", Long.toString(process.pid()), "cmdline"));
            return List.of(line.split("\0", 0));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
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
    DataSource dataSource() {
        return zonky.getPostgresDatabase();
    }

    static List<String> settings(int port) {
        return List.of(
                "--iop.database.url=jdbc:postgresql://127.0.0.1:" + port + "/postgres",
                "--iop.database.user=postgres",
                "--iop.database.password=postgres");
    }

    @Override
    public void close() {
        try {
            zonky.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
