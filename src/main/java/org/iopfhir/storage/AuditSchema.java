// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.util.List;
import javax.sql.DataSource;

/** The tables of the journal. Nothing in this server deletes from them, or changes a row. */
final class AuditSchema {

    private static final List<String> TABLES = List.of(
            """
            create table if not exists IOP_AUDIT (
                ID varchar(64) not null primary key,
                RECORDED timestamp(3) with time zone not null,
                TYPE varchar(200) not null,
                SUBTYPES varchar(1000000) not null,
                ACTION varchar(1),
                OUTCOME varchar(2),
                OF_TYPE varchar(200),
                RESOURCES varchar(1000000) not null,
                QUERY varchar(1000000),
                USER_REF varchar(200),
                USER_NAME varchar(200),
                CLIENT varchar(200),
                ROLES varchar(1000000) not null,
                PURPOSE varchar(200),
                OTHERS varchar(1000000) not null,
                REQUEST_ID varchar(200),
                ADDRESS varchar(200),
                STATUS integer not null,
                SOURCE varchar(200),
                STORED timestamp(3) with time zone,
                PATIENTS varchar(1000000) not null
            )""",
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
