// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.iopfhir.storage.database.AtOnce;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.dao.DataAccessException;
import org.springframework.dao.DataAccessResourceFailureException;
import org.springframework.jdbc.core.ConnectionCallback;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Files what the journal has written: many rows at once from its spool and its inbox into the tables that are searched,
 * whose indexes would otherwise cost each access more than the row does. It happens every few seconds, and before a
 * search, so that each finds all that was written before it. Nodes share the inbox; what a killed one left there is filed by the others, or
 * at the next start.
 */
public final class AuditFiling implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AuditFiling.class);

    private static final int AT_ONCE = 500;

    /** The more are filed together, the less each of them costs; who searches does not wait for it. */
    private static final int SECONDS_BETWEEN = 5;

    /** Locked, so that another node that files meanwhile waits, and then finds them gone. */
    private static final String OLDEST = "select * from IOP_AUDIT_NEW order by SEQ limit " + AT_ONCE + " for update";

    /** One by one: for a list of them H2 reads the whole inbox. */
    private static final String REMOVE = "delete from IOP_AUDIT_NEW where SEQ = ?";

    private static final String INSERT = AuditColumns.insertInto("IOP_AUDIT", AuditPatients.COLUMN);

    private final JdbcOperations database;
    private final @Nullable AuditSpool spool;
    private final ReentrantLock turn = new ReentrantLock();
    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "audit-filing");
        thread.setDaemon(true);
        return thread;
    });

    private AuditFiling(JdbcOperations database, @Nullable AuditSpool spool) {
        this.database = database;
        this.spool = spool;
    }

    /**
     * Begin to file.
     *
     * @param spool {@code null} where the journal has none
     */
    static AuditFiling of(JdbcOperations database, @Nullable AuditSpool spool) {
        AuditFiling filing = new AuditFiling(database, spool);
        ScheduledFuture<?> unusedForce =
                filing.thread.scheduleWithFixedDelay(filing::forceOrTryLater, 1, 1, TimeUnit.SECONDS);
        ScheduledFuture<?> unusedFile = filing.thread.scheduleWithFixedDelay(
                filing::fileOrTryLater, SECONDS_BETWEEN, SECONDS_BETWEEN, TimeUnit.SECONDS);
        return filing;
    }

    /**
     * File all that has been written.
     *
     * @throws DataAccessException when the database refuses; nothing is lost then, and the next time files it
     */
    public void file() {
        turn.lock();
        try {
            if (spool != null) {
                empty(spool);
            }
            int filed = AT_ONCE;
            while (filed == AT_ONCE) {
                filed = database.execute((ConnectionCallback<Integer>) AuditFiling::fileSome);
            }
        } finally {
            turn.unlock();
        }
    }

    private void fileOrTryLater() {
        try {
            file();
        } catch (RuntimeException e) {
            LOG.warn("audit-not-filed failure={}", e.getClass().getName());
        }
    }

    /** As H2's file is, so that a failure of the power takes little of either. */
    private void forceOrTryLater() {
        try {
            if (spool != null) {
                spool.force();
            }
        } catch (IOException e) {
            LOG.warn("audit-spool-not-forced-to-disk failure={}", e.getClass().getName());
        }
    }

    private void empty(AuditSpool full) {
        try {
            long filed = SpoolMark.filed(database);
            for (AuditSpool.Part part : full.after(filed)) {
                database.execute((ConnectionCallback<Boolean>) connection -> filePart(connection, part));
                filed = part.number();
            }
            full.forget(filed);
        } catch (IOException e) {
            throw new DataAccessResourceFailureException("The spool of the journal cannot be read", e);
        }
    }

    private static Boolean filePart(Connection connection, AuditSpool.Part part) throws SQLException {
        AtOnce.run(connection, () -> {
            file(connection, part.rows(), part.disclosed());
            SpoolMark.move(connection, part.number());
        });
        return true;
    }

    private static int fileSome(Connection connection) throws SQLException {
        List<Long> taken = new ArrayList<>();
        AtOnce.run(connection, () -> {
            List<AuditRow> rows = new ArrayList<>();
            List<DisclosedRow> disclosed = new ArrayList<>();
            try (PreparedStatement oldest = connection.prepareStatement(OLDEST);
                    ResultSet found = oldest.executeQuery()) {
                while (found.next()) {
                    taken.add(found.getLong("SEQ"));
                    rows.add(AuditColumns.row(found));
                    disclosed.addAll(AuditInbox.disclosed(found));
                }
            }
            if (!rows.isEmpty()) {
                file(connection, rows, disclosed);
                remove(connection, taken);
            }
        });
        return taken.size();
    }

    private static void file(Connection connection, List<AuditRow> rows, List<DisclosedRow> disclosed)
            throws SQLException {
        insert(connection, rows);
        AuditPatients.insertSeveral(connection, rows);
        DisclosureJournal.insert(connection, disclosed);
    }

    private static void insert(Connection connection, List<AuditRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (AuditRow row : rows) {
                int columns = AuditColumns.fill(statement, row);
                statement.setString(columns + 1, AuditPatients.only(row));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static void remove(Connection connection, List<Long> taken) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(REMOVE)) {
            for (long number : taken) {
                statement.setLong(1, number);
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    /** File what there is, and let the database not be closed under it. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("audit-filing-still-running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        fileOrTryLater();
        leaveSpool();
    }

    private void leaveSpool() {
        try {
            if (spool != null) {
                spool.close();
            }
        } catch (IOException e) {
            LOG.warn("audit-spool-not-closed failure={}", e.getClass().getName());
        }
    }
}
