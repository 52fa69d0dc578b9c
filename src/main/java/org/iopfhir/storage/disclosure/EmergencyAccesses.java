// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.time.Clock;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Records that were opened in a medical emergency, and what had to be said for it. Nothing in this server deletes or
 * changes a row.
 *
 * @see <a href="https://www.ecfr.gov/current/title-42/section-2.51">42 CFR 2.51</a>
 */
public final class EmergencyAccesses {

    private static final String INSERT = """
            insert into IOP_EMERGENCY (ID, CALLER, PATIENT, PURPOSE, PERSONNEL, AFFILIATION, NATURE, OPENED, CLOSES)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final JdbcOperations database;
    private final Clock clock;

    EmergencyAccesses(JdbcOperations database, Clock clock) {
        this.database = database;
        this.clock = clock;
    }

    /** Open a record; it is open when this returns, and what is said is durable. */
    public void open(Opening opening) {
        database.update(
                INSERT,
                opening.id(),
                opening.caller(),
                opening.patient(),
                opening.statement().purpose(),
                opening.statement().personnel(),
                opening.statement().affiliation(),
                opening.statement().nature(),
                opening.opened().atOffset(ZoneOffset.UTC),
                opening.closes().atOffset(ZoneOffset.UTC));
    }

    /** Ids of the patients whose records {@code caller} has opened, and which have not closed again. */
    public Set<String> openTo(String caller) {
        OffsetDateTime now = clock.instant().atOffset(ZoneOffset.UTC);
        List<String> patients = database.queryForList(
                "select PATIENT from IOP_EMERGENCY where CALLER = ? and CLOSES > ?", String.class, caller, now);
        return new HashSet<>(patients);
    }

    /**
     * One record that is opened.
     *
     * @param id        unique
     * @param caller    who opens it; whoever is named the same may see it
     * @param patient   id of the patient
     * @param statement what is said for it
     * @param opened    when
     * @param closes    until when it is open
     */
    public record Opening(
            String id, String caller, String patient, Statement statement, Instant opened, Instant closes) {}

    /**
     * What must be said before a record is opened: 2.51(c).
     *
     * @param purpose     {@code ETREAT} or {@code BTG}
     * @param personnel   name of the medical personnel to whom it is disclosed
     * @param affiliation of them with a health care facility
     * @param nature      of the emergency
     */
    public record Statement(String purpose, String personnel, String affiliation, String nature) {}
}
