// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import java.sql.Connection;
import java.sql.SQLException;

/** Several statements on one connection, all of them or none. */
public final class AtOnce {

    private AtOnce() {}

    /** Run {@code statements} in the transaction of the connection; in one of their own where there is none. */
    public static void run(Connection connection, Statements statements) throws SQLException {
        if (!connection.getAutoCommit()) {
            statements.run();
            return;
        }
        connection.setAutoCommit(false);
        try {
            statements.run();
            connection.commit();
        } catch (SQLException | RuntimeException e) {
            connection.rollback();
            throw e;
        } finally {
            connection.setAutoCommit(true);
        }
    }

    /** What is run. */
    @FunctionalInterface
    public interface Statements {

        void run() throws SQLException;
    }
}
