// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.iopfhir.storage.disclosure.Disclosures.Basis;
import org.springframework.jdbc.core.JdbcOperations;

/** Answers what somebody else would see, with the same conditions by which the records themselves are shown. */
public final class DisclosureQuestions {

    private static final String FIND = """
            select v.*, c.SAYS from HFJ_RESOURCE r join IOP_RECORD v on v.RES_ID = r.RES_ID
            left join IOP_CONTENT c on c.ID = v.CONTENT where r.RES_TYPE = ? and r.FHIR_ID = ?""";

    private static final String TIED = "select 1 from IOP_TIE where PATIENT = ? and ORGANIZATION = ?";

    private final JdbcOperations database;
    private final Disclosures disclosures;

    DisclosureQuestions(JdbcOperations database, Disclosures disclosures) {
        this.database = database;
        this.disclosures = disclosures;
    }

    /**
     * A record as the decision knows it.
     *
     * @param isDeleted whether it was deleted, and so is left to those inside of the program
     */
    public record Known(RecordFacts facts, boolean isDeleted) {}

    /** The guarded record of that type and id, deleted or not. */
    public Optional<Known> find(String type, String id) {
        return database.query(FIND, (row, index) -> known(row), type, id).stream()
                .findFirst();
    }

    /** Whether some record of the program says that an Organization treats a patient or pays for him. */
    public boolean isTied(String patient, String organization) {
        return !database.queryForList(TIED, patient, organization).isEmpty();
    }

    /** Whether {@code viewer} sees the record of that key, at a time, by the consents that there are now. */
    public boolean isVisible(long key, Viewer viewer, Instant at) {
        Visible visible = Visible.to(viewer, "r.RES_ID", null, at.toEpochMilli());
        List<Object> values = visible.values();
        return !database.queryForList(
                        "select 1 from IOP_RECORD r where r.RES_ID = " + key + " and " + visible.text(),
                        values.toArray())
                .isEmpty();
    }

    /** Why somebody outside sees the record of that key at a time; empty when he does not. */
    public Optional<Basis> basis(long key, Viewer.Outside outside, Instant at) {
        Map<Long, Basis> bases = disclosures.bases(List.of(key), outside, at);
        return Optional.ofNullable(bases.get(key));
    }

    private static Known known(ResultSet row) throws SQLException {
        String content = row.getString("SAYS");
        RecordFacts facts = new RecordFacts(
                row.getLong("RES_ID"),
                row.getString("CUSTODIAN"),
                row.getString("PATIENT"),
                content == null ? "" : content,
                row.getString("AUTHOR"),
                row.getString("WRITER"),
                row.getLong("HAPPENED"));
        return new Known(facts, row.getInt("DELETED") != 0);
    }
}
