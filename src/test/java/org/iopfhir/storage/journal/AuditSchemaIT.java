// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.iopfhir.storage.journal.AuditRows.BY_CONSENT;
import static org.iopfhir.storage.journal.AuditRows.NOW;
import static org.iopfhir.storage.journal.AuditRows.row;

import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.springframework.jdbc.core.JdbcTemplate;

/** A database of an earlier release keeps what it accounts for, on H2 and on PostgreSQL. */
class AuditSchemaIT {

    @Test
    void h2IsBroughtUpToDate(@TempDir Path folder) throws SQLException {
        JdbcDataSource file = new JdbcDataSource();
        file.setURL("jdbc:h2:file:" + folder.resolve("old"));
        keepsWhatItHas(file);
    }

    @Test
    void postgresIsBroughtUpToDate() throws IOException, SQLException {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.start()) {
            keepsWhatItHas(postgres.getPostgresDatabase());
        }
    }

    private static void keepsWhatItHas(DataSource pool) throws SQLException {
        JdbcTemplate database = new JdbcTemplate(pool);
        asItWasBefore(pool, database);

        AuditSchema.bringUpToDate(pool);
        AuditSchema.bringUpToDate(pool);

        assertThat(keyOfDisclosures(pool)).containsExactly("ID", "PATIENT", "RECORDED");
        try (AuditFiling filing = AuditFiling.of(database, null)) {
            new AuditJournal(database, null).write(List.of(row("after")), List.of(BY_CONSENT));
            DisclosureJournal disclosures = new DisclosureJournal(database, filing);
            disclosures.bringUpToDate();
            assertThat(disclosures.of("patient-1", NOW, NOW.plusSeconds(1), 0, 9))
                    .extracting(DisclosedRow::id)
                    .containsExactly("old", "d1");
        }
        assertThat(database.queryForList(
                        "select a.ID from IOP_AUDIT a where " + AuditPatients.aboutAnyOf(1) + " order by a.ID",
                        String.class,
                        "patient-1",
                        "patient-1"))
                .containsExactly("after", "before");
    }

    /** One key for the id, another index for what is asked; and each event apart from the patient whom it concerns. */
    private static void asItWasBefore(DataSource pool, JdbcTemplate database) throws SQLException {
        database.execute(
                "create table IOP_AUDIT (ID varchar(64) not null primary key, " + AuditColumns.DEFINITIONS + ")");
        database.execute("create table IOP_AUDIT_PATIENT (PATIENT varchar(64) not null, AUDIT_ID varchar(64) not null,"
                + " primary key (PATIENT, AUDIT_ID))");
        database.execute("create table IOP_DISCLOSURE (ID varchar(64) not null primary key,"
                + " PATIENT varchar(64) not null, RECORDED timestamp(3) with time zone not null,"
                + " RECIPIENT varchar(200) not null, CLIENT varchar(200), USER_REF varchar(200),"
                + " PURPOSE varchar(200) not null, CONSENT varchar(64), BASIS varchar(200) not null,"
                + " ADDRESS varchar(200), RESOURCES varchar(1000000) not null)");
        database.execute("create index IDX_IOP_DISCLOSURE on IOP_DISCLOSURE (PATIENT, RECORDED)");
        database.update("insert into IOP_DISCLOSURE (ID, PATIENT, RECORDED, RECIPIENT, PURPOSE, BASIS, RESOURCES)"
                + " values ('old', 'patient-1', timestamp with time zone '2026-03-04 10:00:00.123+00',"
                + " 'Organization/1', 'TREAT', 'consent', 'Observation/1')");
        try (Connection connection = pool.getConnection();
                var statement = connection.prepareStatement(AuditColumns.insertInto("IOP_AUDIT"))) {
            AuditColumns.fill(statement, row("before"));
            statement.executeUpdate();
        }
        database.update("insert into IOP_AUDIT_PATIENT (PATIENT, AUDIT_ID) values ('patient-1', 'before')");
    }

    private static List<String> keyOfDisclosures(DataSource pool) throws SQLException {
        List<String> columns = new ArrayList<>();
        try (Connection connection = pool.getConnection()) {
            DatabaseMetaData database = connection.getMetaData();
            String table = database.storesLowerCaseIdentifiers() ? "iop_disclosure" : "IOP_DISCLOSURE";
            ResultSet key = database.getPrimaryKeys(null, connection.getSchema(), table);
            while (key.next()) {
                columns.add(key.getString("COLUMN_NAME").toUpperCase(Locale.ROOT));
            }
        }
        return columns.stream().sorted().toList();
    }
}
