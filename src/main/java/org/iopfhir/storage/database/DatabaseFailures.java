// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import jakarta.persistence.LockTimeoutException;
import jakarta.persistence.QueryTimeoutException;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTimeoutException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Function;
import org.hibernate.NonUniqueObjectException;
import org.hibernate.exception.JDBCConnectionException;
import org.iopfhir.outcome.Refusal;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.transaction.CannotCreateTransactionException;
import org.springframework.transaction.TransactionTimedOutException;

/** Recognises a database that is away, exhausted or too slow; a client may try again, so that is 503 and never 500. */
public final class DatabaseFailures implements Function<Throwable, Optional<Refusal>> {

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    /** SQLSTATE class of PostgreSQL for connection errors, shutdown and crash, and of H2 for a closed database. */
    private static boolean isConnectionState(SQLException e) {
        String state = e.getSQLState();
        return state != null
                && (state.startsWith("08")
                        || state.startsWith("57P")
                        || state.startsWith("53")
                        || state.equals("90098")
                        || state.equals("90121"));
    }

    @Override
    public Optional<Refusal> apply(Throwable failure) {
        if (failure instanceof QueryTimeoutException
                || failure instanceof LockTimeoutException
                || failure instanceof SQLTimeoutException
                || failure instanceof org.hibernate.QueryTimeoutException
                // Hibernate's word for a transaction whose time is over before its next statement.
                || failure instanceof org.hibernate.TransactionException
                || failure instanceof TransactionTimedOutException) {
            return Optional.of(
                    new Refusal.Unavailable("The database took too long; ask for less, or later", RETRY_AFTER));
        }
        if (failure instanceof SQLTransientConnectionException
                || failure instanceof SQLNonTransientConnectionException
                || failure instanceof SQLRecoverableException
                || failure instanceof JDBCConnectionException
                || failure instanceof DataAccessResourceFailureException
                || failure instanceof CannotCreateTransactionException
                // A PostgreSQL that crashed may hand out a block of ids again that this server still holds unused: what
                // was not committed is not sure to be remembered. It passes with the next block.
                || failure instanceof NonUniqueObjectException
                || (failure instanceof SQLException sql && isConnectionState(sql))) {
            return Optional.of(new Refusal.Unavailable("The database cannot be reached now", RETRY_AFTER));
        }
        return Optional.empty();
    }
}
