// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A row of the journal in its columns, which are the same where it is written and where it is filed. */
public final class AuditColumns {

    /** Between the parts of a column that holds several; none of them has a space in it. */
    static final String SEPARATOR = " ";

    /** What they are, for {@code create table}. */
    static final String DEFINITIONS = """
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
            """;

    /** Length of a column that holds one name. */
    static final int SHORT = 200;

    /** Length of a column that holds many. */
    static final int LONG = 1_000_000;

    private static final String NAMES = "ID, RECORDED, TYPE, SUBTYPES, ACTION, OUTCOME, OF_TYPE, RESOURCES, QUERY,"
            + " USER_REF, USER_NAME, CLIENT, ROLES, PURPOSE, OTHERS, REQUEST_ID, ADDRESS, STATUS, SOURCE, STORED,"
            + " PATIENTS";

    private AuditColumns() {}

    /** The statement that writes a row into {@code table}, with a mark for each column and for {@code more} after them. */
    static String insertInto(String table, String... more) {
        List<String> names = new ArrayList<>(List.of(NAMES.split(", ")));
        names.addAll(List.of(more));
        return "insert into " + table + " (" + String.join(", ", names) + ") values ("
                + String.join(", ", Collections.nCopies(names.size(), "?")) + ")";
    }

    /** Fill in the marks of the columns; returns how many there are. */
    static int fill(PreparedStatement statement, AuditRow row) throws SQLException {
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
        return at;
    }

    /** What a client chose must not decide whether its access can be written down. */
    static @Nullable String clipped(@Nullable String text, int length) {
        return text == null || text.length() <= length ? text : text.substring(0, length);
    }

    /** Each part has a separator on both sides, so that a search for it finds no part of another. */
    private static @Nullable String joined(List<String> parts) {
        return parts.isEmpty() ? "" : clipped(SEPARATOR + String.join(SEPARATOR, parts) + SEPARATOR, LONG);
    }

    /** The row that {@code result} stands at. */
    public static AuditRow row(ResultSet result) throws SQLException {
        return new AuditRow(
                result.getString("ID"),
                result.getObject("RECORDED", OffsetDateTime.class).toInstant(),
                new AuditRow.Deed(
                        result.getString("TYPE"),
                        parts(result.getString("SUBTYPES")),
                        result.getString("ACTION"),
                        result.getString("OUTCOME"),
                        result.getString("OF_TYPE"),
                        parts(result.getString("RESOURCES")),
                        result.getString("QUERY")),
                new AuditRow.Doer(
                        result.getString("USER_REF"),
                        result.getString("USER_NAME"),
                        result.getString("CLIENT"),
                        parts(result.getString("ROLES")),
                        result.getString("PURPOSE"),
                        parts(result.getString("OTHERS"))),
                new AuditRow.Origin(
                        result.getString("REQUEST_ID"),
                        result.getString("ADDRESS"),
                        result.getInt("STATUS"),
                        result.getString("SOURCE"),
                        moment(result.getObject("STORED", OffsetDateTime.class))),
                Set.copyOf(parts(result.getString("PATIENTS"))));
    }

    private static @Nullable Instant moment(@Nullable OffsetDateTime time) {
        return time == null ? null : time.toInstant();
    }

    private static List<String> parts(String joined) {
        List<String> parts = new ArrayList<>(List.of(joined.trim().split(SEPARATOR)));
        parts.removeIf(String::isEmpty);
        return parts;
    }
}
