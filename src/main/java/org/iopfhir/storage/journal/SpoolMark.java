// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import javax.sql.DataSource;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Which files of an {@link AuditSpool} have been moved, as the database knows it: one row, changed with what a file brings,
 * so that a restored copy of the database takes again what it lacks. The name in it is the database's own, by which it
 * tells its files from those of another one that lay in the same place before.
 */
final class SpoolMark {

    static final String DEFINITION =
            "create table if not exists IOP_AUDIT_SPOOL (NAME varchar(36) not null primary key, FILED bigint not null)";

    private SpoolMark() {}

    /**
     * The spool of a database that this process alone holds in a file; empty for every other, whose inbox other nodes can
     * reach too.
     *
     * @param kept as {@link AuditSpool#open} takes it
     */
    static Optional<AuditSpool> spool(DataSource pool, Duration kept) {
        Optional<Path> file = embeddedFile(pool);
        if (file.isEmpty()) {
            return Optional.empty();
        }
        JdbcOperations database = new JdbcTemplate(pool);
        database.update(
                "insert into IOP_AUDIT_SPOOL (NAME, FILED) select ?, 0 where not exists (select 1 from IOP_AUDIT_SPOOL)",
                UUID.randomUUID().toString());
        String name = database.queryForList("select NAME from IOP_AUDIT_SPOOL", String.class)
                .get(0);
        try {
            Path folder = file.get().resolveSibling(file.get().getFileName() + ".audit");
            return Optional.of(AuditSpool.open(folder, name, filed(database), kept));
        } catch (IOException e) {
            throw new UncheckedIOException("The audit trail cannot be written beside the database", e);
        }
    }

    private static Optional<Path> embeddedFile(DataSource pool) {
        try (Connection connection = pool.getConnection()) {
            if (connection.isWrapperFor(JdbcConnection.class)
                    && connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session
                    && session.getDatabase().isPersistent()) {
                Database database = session.getDatabase();
                return Optional.of(Path.of(database.getDatabasePath()));
            }
            return Optional.empty();
        } catch (SQLException e) {
            throw new IllegalStateException("The database does not answer", e);
        }
    }

    /** Number of the last file that has been moved. */
    static long filed(JdbcOperations database) {
        List<Long> filed = database.queryForList("select FILED from IOP_AUDIT_SPOOL", Long.class);
        return filed.isEmpty() ? 0 : filed.get(0);
    }

    /** With the rest of the transaction of {@code connection}. */
    static void move(Connection connection, long filed) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement("update IOP_AUDIT_SPOOL set FILED = ?")) {
            statement.setLong(1, filed);
            statement.executeUpdate();
        }
    }
}
