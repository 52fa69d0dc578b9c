// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Timestamp;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * The accounting of disclosures: each row is written with the access that it accounts for, and filed with it. None is ever
 * changed.
 */
public final class DisclosureJournal {

    private static final String INSERT = """
            insert into IOP_DISCLOSURE
                (ID, PATIENT, RECORDED, RECIPIENT, CLIENT, USER_REF, PURPOSE, CONSENT, BASIS, ADDRESS, RESOURCES)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private static final String FIND = """
            select * from IOP_DISCLOSURE where PATIENT = ? and RECORDED >= ? and RECORDED < ?
            order by RECORDED desc, ID desc limit ? offset ?""";

    private static final String COUNT =
            "select count(*) from IOP_DISCLOSURE where PATIENT = ? and RECORDED >= ? and RECORDED < ?";

    private static final String VERSION = """
            select max(v.RES_VER) from HFJ_RES_VER v join HFJ_RESOURCE r on r.RES_ID = v.RES_ID
            where r.RES_TYPE = 'Consent' and r.FHIR_ID = ? and v.RES_UPDATED <= ?""";

    private final JdbcOperations database;
    private final AuditFiling filing;

    DisclosureJournal(JdbcOperations database, AuditFiling filing) {
        this.database = database;
        this.filing = filing;
    }

    /** Let all that was disclosed before be found. */
    public void bringUpToDate() {
        filing.file();
    }

    /** What was disclosed of a patient's records within a time, the newest first. */
    public List<DisclosedRow> of(String patient, Instant from, Instant until, int offset, int count) {
        return database.query(
                FIND,
                (row, index) -> row(row),
                patient,
                from.atOffset(ZoneOffset.UTC),
                until.atOffset(ZoneOffset.UTC),
                count,
                offset);
    }

    /** How much was disclosed of a patient's records within a time. */
    public int count(String patient, Instant from, Instant until) {
        Integer count = database.queryForObject(
                COUNT, Integer.class, patient, from.atOffset(ZoneOffset.UTC), until.atOffset(ZoneOffset.UTC));
        return count == null ? 0 : count;
    }

    /** The version that a consent had at a time; empty when it is not stored any more. */
    public Optional<String> version(String consent, Instant at) {
        Long version = database.queryForObject(VERSION, Long.class, consent, Timestamp.from(at));
        return Optional.ofNullable(version).map(String::valueOf);
    }

    static void insert(Connection connection, List<DisclosedRow> rows) throws SQLException {
        if (rows.isEmpty()) {
            return;
        }
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            for (DisclosedRow row : rows) {
                int at = 0;
                statement.setString(++at, row.id());
                statement.setString(++at, row.patient());
                statement.setObject(++at, row.recorded().atOffset(ZoneOffset.UTC));
                statement.setString(++at, AuditColumns.clipped(row.party().recipient(), AuditColumns.SHORT));
                statement.setString(++at, AuditColumns.clipped(row.party().client(), AuditColumns.SHORT));
                statement.setString(++at, AuditColumns.clipped(row.party().user(), AuditColumns.SHORT));
                statement.setString(++at, AuditColumns.clipped(row.purpose(), AuditColumns.SHORT));
                statement.setString(++at, row.basis().consent());
                statement.setString(++at, row.basis().rule());
                statement.setString(++at, AuditColumns.clipped(row.party().address(), AuditColumns.SHORT));
                statement.setString(++at, String.join(AuditColumns.SEPARATOR, row.resources()));
                statement.addBatch();
            }
            statement.executeBatch();
        }
    }

    private static DisclosedRow row(ResultSet row) throws SQLException {
        return new DisclosedRow(
                row.getString("ID"),
                row.getString("PATIENT"),
                row.getObject("RECORDED", OffsetDateTime.class).toInstant(),
                new DisclosedRow.Party(
                        row.getString("RECIPIENT"),
                        row.getString("CLIENT"),
                        row.getString("USER_REF"),
                        row.getString("ADDRESS")),
                row.getString("PURPOSE"),
                new DisclosedRow.Basis(row.getString("CONSENT"), row.getString("BASIS")),
                List.of(row.getString("RESOURCES").split(AuditColumns.SEPARATOR)));
    }
}
