// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.iopfhir.storage.database.AtOnce;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Writes the journal of accesses. HAPI's store would index each event as a resource, which costs more than most of the
 * accesses that it tells of; a row here costs a fraction of a read. What tells of a write goes with it into an inbox
 * without an index; what tells of a read also there, or beside an embedded database to the end of a file. From both
 * {@link AuditFiling} takes it: whoever waits for an answer does not wait for indexes.
 */
public final class AuditJournal {

    private static final Logger LOG = LoggerFactory.getLogger(AuditJournal.class);

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private final JdbcOperations database;
    private final @Nullable AuditSpool spool;

    /** @param spool {@code null} where all goes into the database */
    AuditJournal(JdbcOperations database, @Nullable AuditSpool spool) {
        this.database = database;
        this.spool = spool;
    }

    /**
     * Write {@code rows} now; durable when it returns.
     *
     * @throws RefusedException when they cannot be written: then what they tell of must not happen
     */
    public void write(List<AuditRow> rows) {
        write(rows, List.of());
    }

    /**
     * Write {@code rows}, one at least, and what was disclosed thereby now, both or none.
     *
     * @throws RefusedException when they cannot be written: then what they tell of must not happen
     */
    public void write(List<AuditRow> rows, List<DisclosedRow> disclosed) {
        if (rows.isEmpty()) {
            return;
        }
        AuditInbox.check(disclosed);
        if (spool == null) {
            toDatabase(rows, disclosed);
        } else {
            append(spool, rows, disclosed);
        }
    }

    private static void append(AuditSpool spool, List<AuditRow> rows, List<DisclosedRow> disclosed) {
        try {
            spool.append(rows, disclosed);
        } catch (IOException e) {
            LOG.error("journal-not-written failure={}", e.getClass().getName());
            throw unavailable();
        }
    }

    private void toDatabase(List<AuditRow> rows, List<DisclosedRow> disclosed) {
        try {
            database.execute((ConnectionCallback<Boolean>) connection -> insert(connection, rows, disclosed));
        } catch (DataAccessException e) {
            // The message of a database quotes what it was given.
            LOG.error(
                    "journal-not-written failure={} sqlstate={}",
                    e.getClass().getName(),
                    e.getMostSpecificCause() instanceof SQLException cause ? cause.getSQLState() : "none");
            throw unavailable();
        }
    }

    private static RefusedException unavailable() {
        return new RefusedException(
                new Refusal.Unavailable("The access cannot be recorded now, so it is not granted", RETRY_AFTER));
    }

    /**
     * Write {@code row} with the running transaction, together with whatever else it writes before its commit. When it
     * cannot be written, nothing of the transaction is.
     *
     * @param onCommit runs once the row and what it tells of are stored
     */
    public void writeWithTransaction(AuditRow row, Runnable onCommit) {
        if (!TransactionSynchronizationManager.isSynchronizationActive()) {
            write(List.of(row));
            onCommit.run();
            return;
        }
        Pending pending = TransactionSynchronizationManager.getSynchronizations().stream()
                .filter(Pending.class::isInstance)
                .map(Pending.class::cast)
                .findFirst()
                .orElseGet(() -> {
                    Pending fresh = new Pending();
                    TransactionSynchronizationManager.registerSynchronization(fresh);
                    return fresh;
                });
        pending.add(row, onCommit);
    }

    private static Boolean insert(Connection connection, List<AuditRow> rows, List<DisclosedRow> disclosed)
            throws SQLException {
        if (rows.size() == 1) {
            // A transaction by itself, without the round trips to begin and end one.
            AuditInbox.put(connection, rows, disclosed);
        } else {
            AtOnce.run(connection, () -> AuditInbox.put(connection, rows, disclosed));
        }
        return true;
    }

    /** What the running transaction is to write into the journal. */
    private final class Pending implements TransactionSynchronization {

        private final List<AuditRow> rows = new ArrayList<>();
        private final List<Runnable> followers = new ArrayList<>();

        void add(AuditRow row, Runnable onCommit) {
            rows.add(row);
            followers.add(onCommit);
        }

        @Override
        public void beforeCommit(boolean readOnly) {
            toDatabase(rows, List.of());
        }

        @Override
        public void afterCommit() {
            followers.forEach(Runnable::run);
        }
    }
}
