// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.sql.DatabaseMetaData;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.iopfhir.storage.database.SchemaTurn;

/** The tables of the journal. Nothing in this server changes a row, or deletes one but from the inbox when it is filed. */
final class AuditSchema {

    private static final List<String> TABLES = List.of(
            AuditInbox.DEFINITION,
            SpoolMark.DEFINITION,
            "create table if not exists IOP_AUDIT (ID varchar(64) not null primary key, " + AuditColumns.DEFINITIONS
                    + ")",
            "alter table IOP_AUDIT add column if not exists PATIENT varchar(64)",
            "create index if not exists IDX_IOP_AUDIT_RECORDED on IOP_AUDIT (RECORDED, ID)",
            "create index if not exists IDX_IOP_AUDIT_PATIENT on IOP_AUDIT (PATIENT)",
            "drop index if exists IDX_IOP_AUDIT_USER",
            "drop index if exists IDX_IOP_AUDIT_STORED",
            """
            create table if not exists IOP_AUDIT_PATIENT (
                PATIENT varchar(64) not null,
                AUDIT_ID varchar(64) not null,
                primary key (PATIENT, AUDIT_ID)
            )""",
            """
            create table if not exists IOP_DISCLOSURE (
                ID varchar(64) not null,
                PATIENT varchar(64) not null,
                RECORDED timestamp(3) with time zone not null,
                RECIPIENT varchar(200) not null,
                CLIENT varchar(200),
                USER_REF varchar(200),
                PURPOSE varchar(200) not null,
                CONSENT varchar(64),
                BASIS varchar(200) not null,
                ADDRESS varchar(200),
                RESOURCES varchar(1000000) not null,
                primary key (PATIENT, RECORDED, ID)
            )""",
            "drop index if exists IDX_IOP_DISCLOSURE");

    private AuditSchema() {}

    static void bringUpToDate(DataSource pool) {
        SchemaTurn.make(pool, TABLES);
        SchemaTurn.take(pool, AuditSchema::keyDisclosuresByPatient);
    }

    /** Before, their key was the id, which nobody asks for, and what is asked for had an index besides. */
    private static void keyDisclosuresByPatient(Statement turn) throws SQLException {
        DatabaseMetaData database = turn.getConnection().getMetaData();
        String table = database.storesLowerCaseIdentifiers() ? "iop_disclosure" : "IOP_DISCLOSURE";
        List<String> names = new ArrayList<>();
        try (ResultSet key = database.getPrimaryKeys(null, turn.getConnection().getSchema(), table)) {
            while (key.next()) {
                names.add(key.getString("PK_NAME"));
            }
        }
        if (names.size() == 1) {
            turn.execute("alter table IOP_DISCLOSURE drop constraint \"" + names.get(0) + "\"");
            turn.execute("alter table IOP_DISCLOSURE add primary key (PATIENT, RECORDED, ID)");
        }
    }
}
