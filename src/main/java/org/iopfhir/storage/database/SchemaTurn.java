// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;

/**
 * One node at a time makes tables. Several may start at once, and {@code create table if not exists} is no help: in
 * PostgreSQL two nodes can both find that there is none, and one of them then fails.
 */
public final class SchemaTurn {

    /** Any number that nothing else in the database locks by. */
    private static final long LOCK = 4_217_042_002L;

    private SchemaTurn() {}

    /**
     * Make what is missing of some tables.
     *
     * @param statements each of them harmless when its table or index is there already
     * @throws IllegalStateException when one fails
     */
    public static void make(DataSource pool, List<String> statements) {
        take(pool, turn -> {
            for (String statement : statements) {
                turn.execute(statement);
            }
        });
    }

    /**
     * Do something while no other node makes tables.
     *
     * @param work gets the connection that holds the turn; what it does on others counts at once
     * @throws IllegalStateException when the database refuses
     */
    public static void take(DataSource pool, Work work) {
        try (Connection connection = pool.getConnection();
                Statement turn = connection.createStatement()) {
            AtOnce.run(connection, () -> {
                if (connection.getMetaData().getDatabaseProductName().startsWith("PostgreSQL")) {
                    turn.execute("select pg_advisory_xact_lock(" + LOCK + ")");
                    takeTime(connection, turn);
                }
                work.with(turn);
            });
        } catch (SQLException e) {
            throw new IllegalStateException("The tables cannot be made: " + e.getMessage(), e);
        }
    }

    /** An index on a large table may need longer than any request. The pool gives the connection its own limit back. */
    private static void takeTime(Connection connection, Statement turn) throws SQLException {
        turn.execute("set local statement_timeout = 0");
        connection.setNetworkTimeout(Runnable::run, 0);
    }

    /** What is done in the turn. */
    @FunctionalInterface
    public interface Work {

        void with(Statement turn) throws SQLException;
    }
}
