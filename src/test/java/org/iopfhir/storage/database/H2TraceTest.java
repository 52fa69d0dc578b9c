// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** H2 writes most errors into a file beside the database unless it is told not to, and quotes the statements in them. */
class H2TraceTest {

    @Test
    void anErrorLeavesNothingButTheDatabase(@TempDir Path folder) throws SQLException, IOException {
        failUpon(settings(folder).effectiveUrl());

        assertThat(files(folder)).containsExactly("data.mv.db");
    }

    @Test
    void isToldSoSinceH2DoesNot(@TempDir Path folder) throws SQLException, IOException {
        failUpon(settings(folder).url());

        assertThat(Files.readString(folder.resolve("data.trace.db"))).contains("CANARY");
    }

    private static void failUpon(String url) throws SQLException {
        try (Connection database = DriverManager.getConnection(url, "sa", "");
                Statement statement = database.createStatement()) {
            statement.execute("create table PATIENT (NAME varchar(20) primary key)");
            assertThatThrownBy(() -> statement.execute("insert into PATIENT (NOTHING) values ('CANARY')"))
                    .isInstanceOf(SQLException.class);
            statement.execute("shutdown");
        }
    }

    private static DatabaseSettings settings(Path folder) {
        return new DatabaseSettings(
                "jdbc:h2:file:" + folder.resolve("data"),
                "sa",
                "",
                2,
                Duration.ofSeconds(3),
                Duration.ofSeconds(30),
                Duration.ofMinutes(2));
    }

    private static List<String> files(Path folder) throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(file -> file.getFileName().toString()).toList();
        }
    }
}
