// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.iopfhir.storage.journal.AuditRows.BY_CONSENT;
import static org.iopfhir.storage.journal.AuditRows.NOW;
import static org.iopfhir.storage.journal.AuditRows.row;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.Collections;
import java.util.List;
import org.h2.jdbcx.JdbcDataSource;
import org.iopfhir.outcome.RefusedException;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

class AuditInboxTest {

    private static final DisclosedRow IN_EMERGENCY = new DisclosedRow(
            "d2",
            "patient-2",
            NOW,
            new DisclosedRow.Party("Practitioner/1", null, "Practitioner/1", null),
            "ETREAT",
            new DisclosedRow.Basis(null, "emergency"),
            List.of());

    /** With the first row, and once. */
    @Test
    void givesBackWhatWasDisclosed() throws SQLException {
        try (Connection database = DriverManager.getConnection("jdbc:h2:mem:inbox")) {
            database.createStatement().execute(AuditInbox.DEFINITION);

            AuditInbox.put(database, List.of(row("a")), List.of());
            AuditInbox.put(database, List.of(row("b"), row("c")), List.of(BY_CONSENT, IN_EMERGENCY));

            ResultSet found = database.createStatement().executeQuery("select * from IOP_AUDIT_NEW order by SEQ");
            assertThat(disclosed(found, "a")).isEmpty();
            assertThat(disclosed(found, "b")).containsExactly(BY_CONSENT, IN_EMERGENCY);
            assertThat(disclosed(found, "c")).isEmpty();
        }
    }

    /** Or one row that cannot be filed would hold up all after it. */
    @Test
    void whatIsPutInCanBeFiled() throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:mem:filed;DB_CLOSE_DELAY=-1");
        AuditSchema.bringUpToDate(source);
        String endless = "x".repeat(5_000);
        DisclosedRow row = new DisclosedRow(
                "d3",
                "patient-3",
                NOW,
                new DisclosedRow.Party(endless, endless, endless, endless),
                endless,
                new DisclosedRow.Basis(null, "emergency"),
                List.of("Observation/1"));
        try (Connection database = source.getConnection();
                AuditFiling filing = AuditFiling.of(new JdbcTemplate(source), null)) {
            AuditInbox.put(database, List.of(row("a")), List.of(row));
            filing.file();

            DisclosureJournal journal = new DisclosureJournal(new JdbcTemplate(source), filing);
            assertThat(journal.count("patient-3", NOW, NOW.plusSeconds(1))).isEqualTo(1);
        }
    }

    @Test
    void whatCouldNotBeFiledIsRefusedWithItsAccess() {
        List<String> tooMany = Collections.nCopies(20_000, "Observation/" + "1".repeat(60));
        DisclosedRow row =
                new DisclosedRow("d4", "patient-4", NOW, BY_CONSENT.party(), "TREAT", BY_CONSENT.basis(), tooMany);

        assertThatThrownBy(() -> AuditInbox.check(List.of(row))).isInstanceOf(RefusedException.class);
    }

    private static List<DisclosedRow> disclosed(ResultSet found, String id) throws SQLException {
        assertThat(found.next()).isTrue();
        assertThat(AuditColumns.row(found)).isEqualTo(row(id));
        return AuditInbox.disclosed(found);
    }
}
