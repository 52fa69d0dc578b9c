// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.util.List;
import javax.sql.DataSource;

/** The tables of the journal. Nothing in this server changes a row, or deletes one but from the inbox when it is filed. */
final class AuditSchema {

    private static final List<String> TABLES = List.of(
            AuditInbox.DEFINITION,
            SpoolMark.DEFINITION,
            "create table if not exists IOP_AUDIT (ID varchar(64) not null primary key, " + AuditColumns.DEFINITIONS
                    + ")",
            "create index if not exists IDX_IOP_AUDIT_RECORDED on IOP_AUDIT (RECORDED, ID)",
            "create index if not exists IDX_IOP_AUDIT_USER on IOP_AUDIT (USER_REF, RECORDED)",
            "drop index if exists IDX_IOP_AUDIT_STORED",
            """
            create table if not exists IOP_AUDIT_PATIENT (
                PATIENT varchar(64) not null,
                AUDIT_ID varchar(64) not null,
                primary key (PATIENT, AUDIT_ID)
            )""",
            """
            create table if not exists IOP_DISCLOSURE (
                ID varchar(64) not null primary key,
                PATIENT varchar(64) not null,
                RECORDED timestamp(3) with time zone not null,
                RECIPIENT varchar(200) not null,
                CLIENT varchar(200),
                USER_REF varchar(200),
                PURPOSE varchar(200) not null,
                CONSENT varchar(64),
                BASIS varchar(200) not null,
                ADDRESS varchar(200),
                RESOURCES varchar(1000000) not null
            )""",
            "create index if not exists IDX_IOP_DISCLOSURE on IOP_DISCLOSURE (PATIENT, RECORDED)");

    private AuditSchema() {}

    static void bringUpToDate(DataSource pool) {
        SchemaTurn.make(pool, TABLES);
    }
}
