// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Which patients an event concerns, so that those of one patient are found. Nearly all concern one, who is kept in their
 * row; several are kept beside it.
 */
public final class AuditPatients {

    static final String COLUMN = "PATIENT";

    private static final String ABOUT_ANY_OF = """
            a.ID in (
                select o.ID from IOP_AUDIT o where o.PATIENT in (:patients) union all
                select p.AUDIT_ID from IOP_AUDIT_PATIENT p where p.PATIENT in (:patients))""";

    /** One statement for any number of patients, so that the database need not parse one for each number. */
    private static final String INSERT = """
            insert into IOP_AUDIT_PATIENT (PATIENT, AUDIT_ID)
            select p.PATIENT, p.AUDIT_ID
            from unnest(cast(? as varchar array), cast(? as varchar array)) as p(PATIENT, AUDIT_ID)""";

    private AuditPatients() {}

    /** That the event {@code a} concerns any of some patients, as SQL with their ids as its values, all of them twice. */
    public static String aboutAnyOf(int patients) {
        return patients == 0
                ? "1 = 0"
                : ABOUT_ANY_OF.replace(":patients", String.join(", ", Collections.nCopies(patients, "?")));
    }

    /** The one whom an event concerns; {@code null} where it concerns nobody, or several. */
    static @Nullable String only(AuditRow row) {
        Set<String> concerned = row.concerned();
        return concerned.size() == 1 ? concerned.iterator().next() : null;
    }

    /** Keep those of events that concern several. */
    static void insertSeveral(Connection connection, List<AuditRow> rows) throws SQLException {
        List<String> patients = new ArrayList<>();
        List<String> events = new ArrayList<>();
        for (AuditRow row : rows) {
            Set<String> concerned = row.concerned();
            if (concerned.size() > 1) {
                patients.addAll(concerned);
                events.addAll(Collections.nCopies(concerned.size(), row.id()));
            }
        }
        if (!patients.isEmpty()) {
            insert(connection, patients.toArray(), events.toArray());
        }
    }

    private static void insert(Connection connection, Object[] patients, Object[] events) throws SQLException {
        Array patientArray = connection.createArrayOf("varchar", patients);
        Array eventArray = connection.createArrayOf("varchar", events);
        try (PreparedStatement statement = connection.prepareStatement(INSERT)) {
            statement.setArray(1, patientArray);
            statement.setArray(2, eventArray);
            statement.executeUpdate();
        } finally {
            patientArray.free();
            eventArray.free();
        }
    }
}
