// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import javax.sql.DataSource;
import org.iopfhir.storage.database.SchemaTurn;

/** The tables of this room. */
final class DisclosureSchema {

    private static final List<String> TABLES = List.of(
            """
            create table if not exists IOP_RECORD (
                RES_ID bigint not null primary key,
                CUSTODIAN varchar(64) not null,
                PATIENT varchar(64),
                CONTENT varchar(24) not null,
                AUTHOR varchar(200),
                WRITER varchar(200),
                HAPPENED bigint not null,
                DELETED integer not null
            )""",
            "create index if not exists IDX_IOP_RECORD_PATIENT on IOP_RECORD (PATIENT)",
            """
            create table if not exists IOP_PERMIT (
                CONSENT varchar(64) not null,
                NR integer not null,
                PATIENT varchar(64) not null,
                CUSTODIAN varchar(64) not null,
                RECIPIENT varchar(300) not null,
                PURPOSE varchar(40) not null,
                DENIES integer not null,
                TERMS varchar(24) not null,
                VALID_FROM bigint not null,
                VALID_UNTIL bigint not null,
                DATED_FROM bigint not null,
                DATED_UNTIL bigint not null,
                primary key (CONSENT, NR)
            )""",
            "create index if not exists IDX_IOP_PERMIT_PATIENT on IOP_PERMIT (PATIENT, RECIPIENT)",
            "create table if not exists IOP_CONTENT (ID varchar(24) not null primary key, SAYS varchar(100000) not null)",
            "create table if not exists IOP_TERMS (ID varchar(24) not null primary key, SAYS varchar(100000) not null)",
            """
            create table if not exists IOP_PASS (
                TERMS varchar(24) not null,
                CONTENT varchar(24) not null,
                primary key (TERMS, CONTENT)
            )""",
            """
            create table if not exists IOP_TIE (
                RES_ID bigint not null,
                PATIENT varchar(64) not null,
                ORGANIZATION varchar(64) not null,
                primary key (RES_ID, ORGANIZATION)
            )""",
            "create index if not exists IDX_IOP_TIE_PATIENT on IOP_TIE (PATIENT, ORGANIZATION)",
            """
            create table if not exists IOP_EMERGENCY (
                ID varchar(64) not null primary key,
                CALLER varchar(400) not null,
                PATIENT varchar(64) not null,
                PURPOSE varchar(40) not null,
                PERSONNEL varchar(1000) not null,
                AFFILIATION varchar(1000) not null,
                NATURE varchar(1000) not null,
                OPENED timestamp(3) with time zone not null,
                CLOSES timestamp(3) with time zone not null
            )""",
            "create index if not exists IDX_IOP_EMERGENCY_CALLER on IOP_EMERGENCY (CALLER, CLOSES)",
            """
            create table if not exists IOP_NODE (
                NODE varchar(64) not null primary key,
                SEEN timestamp(3) with time zone not null,
                PASSED bigint not null
            )""",
            "create table if not exists IOP_TURN (ID integer not null primary key, N bigint not null)",
            """
            insert into IOP_TURN (ID, N)
            select 1, 0 where not exists (select 1 from IOP_TURN)""",
            """
            create table if not exists IOP_NOTE (
                ID varchar(64) not null primary key,
                OF_BINARY varchar(64) not null,
                SEALED integer not null,
                SAYS text not null
            )""",
            "create index if not exists IDX_IOP_NOTE_SEALED on IOP_NOTE (SEALED)",
            """
            create table if not exists IOP_CONTEXT (
                RES_ID bigint not null primary key,
                CONTEXT bigint not null
            )""",
            "create index if not exists IDX_IOP_CONTEXT on IOP_CONTEXT (CONTEXT)",
            """
            create table if not exists IOP_TARGET (
                RES_ID bigint not null,
                TARGET bigint not null,
                primary key (RES_ID, TARGET)
            )""",
            "create table if not exists IOP_TERMS_LOCK (ID integer not null primary key, N integer not null)",
            """
            insert into IOP_TERMS_LOCK (ID, N)
            select 1, 0 where not exists (select 1 from IOP_TERMS_LOCK)""");

    private DisclosureSchema() {}

    static void bringUpToDate(DataSource pool) {
        SchemaTurn.make(pool, TABLES);
    }

    /** Whether several processes may use the database; H2's file belongs to one. */
    static boolean maySeveral(DataSource pool) {
        try (Connection connection = pool.getConnection()) {
            return isPostgres(connection);
        } catch (SQLException e) {
            throw new IllegalStateException("The database does not say what it is", e);
        }
    }

    private static boolean isPostgres(Connection connection) throws SQLException {
        return connection.getMetaData().getDatabaseProductName().startsWith("PostgreSQL");
    }
}
