// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A fresh database for one test JVM: H2 in a file under {@code target}, or PostgreSQL from Maven Central when the
 * system property {@code test.database} is {@code postgres}.
 *
 * <p>PostgreSQL refuses to run as root; zonky then starts it in a user namespace of its own ({@code unshare -U}).
 */
public final class TestDatabase {

    private static final String PROPERTY = "test.database";

    private TestDatabase() {}

    /** Whether the tests run on PostgreSQL. */
    public static boolean isPostgres() {
        return "postgres".equals(System.getProperty(PROPERTY));
    }

    /** Make it, and say how the server reaches it, as command line arguments. */
    static List<String> fresh() {
        try {
            return isPostgres() ? postgres() : h2();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> h2() throws IOException {
        Path folder = Files.createTempDirectory(Files.createDirectories(Path.of("target", "h2")), "test");
        return List.of(
                "--iop.database.url=jdbc:h2:file:" + folder.resolve("iop").toAbsolutePath());
    }

    // It lives as long as the JVM, whose end stops it.
    @SuppressWarnings("resource")
    private static List<String> postgres() throws IOException {
        EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                .setServerConfig("fsync", "off")
                .setServerConfig("max_connections", "60")
                .start();
        return List.of(
                "--iop.database.url=jdbc:postgresql://localhost:" + postgres.getPort() + "/postgres",
                "--iop.database.user=postgres",
                "--iop.database.password=postgres");
    }
}
