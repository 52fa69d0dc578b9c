// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
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
 * accesses that it tells of; a row here costs a fraction of a read.
 */
public final class AuditJournal {

    private static final Logger LOG = LoggerFactory.getLogger(AuditJournal.class);

    /** Between the parts of a column that holds several; none of them has a space in it. */
    static final String SEPARATOR = " ";

    /** Length of a column that holds one name. */
    private static final int SHORT = 200;

    /** Length of a column that holds many. */
    private static final int LONG = 1_000_000;

    private static final Duration RETRY_AFTER = Duration.ofSeconds(5);

    private static final String INSERT = """
            insert into IOP_AUDIT (ID, RECORDED, TYPE, SUBTYPES, ACTION, OUTCOME, OF_TYPE, RESOURCES, QUERY,
                USER_REF, USER_NAME, CLIENT, ROLES, PURPOSE, OTHERS,
                REQUEST_ID, ADDRESS, STATUS, SOURCE, STORED, PATIENTS)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    /** One statement for any number of patients, so that the database need not parse one for each number. */
    private static final String INSERT_PATIENTS = """
            insert into IOP_AUDIT_PATIENT (PATIENT, AUDIT_ID)
            select p.PATIENT, p.AUDIT_ID
            from unnest(cast(? as varchar array), cast(? as varchar array)) as p(PATIENT, AUDIT_ID)""";

    private final JdbcOperations database;

    AuditJournal(JdbcOperations database) {
        this.database = database;
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
     * Write {@code rows} and what was disclosed thereby now, both or none.
     *
     * @throws RefusedException when they cannot be written: then what they tell of must not happen
     */
    public void write(List<AuditRow> rows, List<DisclosedRow> disclosed) {
        if (rows.isEmpty() && disclosed.isEmpty()) {
            return;
        }
        try {
            database.execute((ConnectionCallback<Boolean>) connection -> insertAtOnce(connection, rows, disclosed));
        } catch (DataAccessException e) {
            // The message of a database quotes what it was given.
            LOG.error(
                    "journal-not-written failure={} sqlstate={}",
                    e.getClass().getName(),
                    e.getMostSpecificCause() instanceof SQLException cause ? cause.getSQLState() : "none");
            throw new RefusedException(
                    new Refusal.Unavailable("The access cannot be recorded now, so it is not granted", RETRY_AFTER));
        }
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

    private static Boolean insertAtOnce(Connection connection, List<AuditRow> rows, List<DisclosedRow> disclosed)
            throws SQLException {
        boolean alone = connection.getAutoCommit();
        if (alone) {
            connection.setAutoCommit(false);
        }
        try {
            insert(connection, rows);
            insertPatients(connection, rows);
            DisclosureJournal.insert(connection, disclosed);
            if (alone) {
                connection.commit();
            }
        } catch (SQLException e) {
            if (alone) {
                connection.rollback();
            }
            throw e;
        } finally {
            if (alone) {
                connection.setAutoCommit(true);
            }
        }
        return true;
    }

    private static void insert(Connection connection, List<AuditRow> rows) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (AuditRow row : rows) {
                fill(statement, row);
                if (rows.size() > 1) {
                    statement.addBatch();
                }
            }
            if (rows.size() > 1) {
                statement.executeBatch();
            } else {
                statement.executeUpdate();
            }
        }
    }

    private static void fill(PreparedStatement statement, AuditRow row) throws SQLException {
        AuditRow.Deed deed = row.deed();
        AuditRow.Doer doer = row.doer();
        AuditRow.Origin origin = row.origin();
        int at = 0;
        statement.setString(++at, row.id());
        statement.setObject(++at, row.recorded().atOffset(ZoneOffset.UTC));
        statement.setString(++at, clipped(deed.type(), SHORT));
        statement.setString(++at, joined(deed.subtypes()));
        statement.setString(++at, deed.action());
        statement.setString(++at, deed.outcome());
        statement.setString(++at, clipped(deed.of(), SHORT));
        statement.setString(++at, joined(deed.resources()));
        statement.setString(++at, clipped(deed.query(), LONG));
        statement.setString(++at, clipped(doer.user(), SHORT));
        statement.setString(++at, clipped(doer.name(), SHORT));
        statement.setString(++at, clipped(doer.client(), SHORT));
        statement.setString(++at, joined(doer.roles()));
        statement.setString(++at, clipped(doer.purpose(), SHORT));
        statement.setString(++at, joined(doer.others()));
        statement.setString(++at, clipped(origin.requestId(), SHORT));
        statement.setString(++at, clipped(origin.address(), SHORT));
        statement.setInt(++at, origin.status());
        statement.setString(++at, clipped(origin.source(), SHORT));
        statement.setObject(
                ++at, origin.stored() == null ? null : origin.stored().atOffset(ZoneOffset.UTC));
        statement.setString(++at, joined(List.copyOf(row.patients())));
    }

    /** What a client chose must not decide whether its access can be written down. */
    private static @Nullable String clipped(@Nullable String text, int length) {
        return text == null || text.length() <= length ? text : text.substring(0, length);
    }

    private static void insertPatients(Connection connection, List<AuditRow> rows) throws SQLException {
        List<String> patients = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (AuditRow row : rows) {
            for (String patient : row.concerned()) {
                patients.add(patient);
                events.add(row.id());
            }
        }
        if (patients.isEmpty()) {
            return;
        }
        Array patientArray = connection.createArrayOf("varchar", patients.toArray());
        Array eventArray = connection.createArrayOf("varchar", events.toArray());
        try (PreparedStatement statement = connection.prepareStatement(INSERT_PATIENTS)) {
            statement.setArray(1, patientArray);
            statement.setArray(2, eventArray);
            statement.executeUpdate();
        } finally {
            patientArray.free();
            eventArray.free();
        }
    }

    /** Each part has a separator on both sides, so that a search for it finds no part of another. */
    private static @Nullable String joined(List<String> parts) {
        return parts.isEmpty() ? "" : clipped(SEPARATOR + String.join(SEPARATOR, parts) + SEPARATOR, LONG);
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
            write(rows);
        }

        @Override
        public void afterCommit() {
            followers.forEach(Runnable::run);
        }
    }
}
