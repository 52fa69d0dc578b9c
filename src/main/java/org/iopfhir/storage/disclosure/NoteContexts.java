// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import java.util.function.LongSupplier;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Keeps a Binary with the counseling note that is its security context: whoever sees the one sees the other, and nobody
 * else. It works at the end of a transaction, when all that the transaction writes is known.
 */
final class NoteContexts {

    private static final String FIND = """
            select r.RES_ID, v.*, c.SAYS from HFJ_RESOURCE r
            left join IOP_RECORD v on v.RES_ID = r.RES_ID left join IOP_CONTENT c on c.ID = v.CONTENT
            where r.RES_TYPE = ? and r.FHIR_ID = ? and r.RES_DELETED_AT is null""";

    private static final String DEPENDENTS = """
            select v.*, c.SAYS from IOP_CONTEXT x join HFJ_RESOURCE r on r.RES_ID = x.RES_ID
            join IOP_RECORD v on v.RES_ID = x.RES_ID left join IOP_CONTENT c on c.ID = v.CONTENT
            where x.CONTEXT = ? and r.RES_DELETED_AT is null""";

    private static final String KEPT_WITH_THE_RECORD =
            "The words of a counseling note are kept apart from the record (42 CFR 2.11), and those of Binary/%s are not:"
                    + " store them anew, in a Binary that carries the label PSYTHPN or names the note in securityContext";

    private final JdbcOperations database;
    private final BinaryOperator<String> together;
    private final LongSupplier millis;

    /** @param together what is said of a note and of its Binary, first and second, as what both are together */
    NoteContexts(JdbcOperations database, BinaryOperator<String> together, LongSupplier millis) {
        this.database = database;
        this.together = together;
        this.millis = millis;
    }

    /**
     * What a Binary refers to in {@code securityContext}.
     *
     * @param isGuarded whether resources of its type are seen by some and not by others
     * @param viewer    who writes; empty: the server itself
     */
    record Context(String binary, String type, String id, boolean isGuarded, Optional<Viewer> viewer) {}

    /** Whether a stored resource is a counseling note, whoever may see it. */
    boolean isNote(String type, String id) {
        return !database.queryForList(
                        "select 1 from HFJ_RESOURCE r join IOP_RECORD v on v.RES_ID = r.RES_ID"
                                + " where r.RES_TYPE = ? and r.FHIR_ID = ? and v.AUTHOR is not null",
                        type,
                        id)
                .isEmpty();
    }

    /**
     * Connect a Binary with its context, and return what is then to be noted of it.
     *
     * @param binary  what it is by itself
     * @param written all that the transaction writes, and whether it is new
     */
    RecordFacts connect(RecordFacts binary, Context context, Map<Long, DisclosureIndex.Written> written) {
        List<RecordFacts> stored = database.query(FIND, (row, index) -> facts(row), context.type(), context.id());
        Optional<RecordFacts> found = stored.stream().findFirst().filter(any -> isSeen(any.key(), context, written));
        RecordFacts of = found.orElseThrow(() -> new InvalidRequestException("Resource " + context.type() + "/"
                + context.id() + " not found, specified in path: Binary.securityContext"));
        // Not deleted first: who waits for the deletion of another would then insert a second row.
        if (database.update("update IOP_CONTEXT set CONTEXT = ? where RES_ID = ?", of.key(), binary.key()) == 0) {
            database.update("insert into IOP_CONTEXT (RES_ID, CONTEXT) values (?, ?)", binary.key(), of.key());
        }
        DisclosureIndex.Written fresh = written.get(of.key());
        RecordFacts note = fresh == null ? of : fresh.facts();
        return note.author() == null ? binary : joined(note, binary, context.binary());
    }

    private boolean isSeen(long key, Context context, Map<Long, DisclosureIndex.Written> written) {
        DisclosureIndex.Written fresh = written.get(key);
        if (context.viewer().isEmpty() || !context.isGuarded() || (fresh != null && fresh.isNew())) {
            return true;
        }
        Visible visible = Visible.to(context.viewer().get(), "r.RES_ID", null, millis.getAsLong());
        List<Object> values = new ArrayList<>(List.of(key));
        values.addAll(visible.values());
        String sql = "select 1 from HFJ_RESOURCE r where r.RES_ID = ? and " + visible.text();
        return !database.queryForList(sql, values.toArray()).isEmpty();
    }

    /** What is to be noted of the stored Binaries of a note, when the note is written. */
    List<RecordFacts> dependents(RecordFacts note) {
        List<RecordFacts> binaries = database.query(DEPENDENTS, (row, index) -> facts(row), note.key());
        return note.author() == null
                ? List.of()
                : binaries.stream()
                        .map(binary -> joined(note, binary, fhirId(binary.key())))
                        .toList();
    }

    private String fhirId(long key) {
        return Objects.requireNonNull(
                database.queryForObject("select FHIR_ID from HFJ_RESOURCE where RES_ID = ?", String.class, key));
    }

    private RecordFacts joined(RecordFacts note, RecordFacts binary, String id) {
        if (binary.author() == null) {
            throw new UnprocessableEntityException(String.format(Locale.ROOT, KEPT_WITH_THE_RECORD, id));
        }
        return new RecordFacts(
                binary.key(),
                note.custodian(),
                note.patient(),
                together.apply(note.content(), binary.content()),
                note.author(),
                note.writer(),
                note.happened());
    }

    /** Refuse a note whose words are in a Binary that is kept with the record. */
    void requireApart(Set<String> binaries, Map<Long, DisclosureIndex.Written> written) {
        for (String id : binaries) {
            List<RecordFacts> stored = database.query(FIND, (row, index) -> facts(row), "Binary", id);
            for (RecordFacts binary : stored) {
                DisclosureIndex.Written fresh = written.get(binary.key());
                if ((fresh == null ? binary : fresh.facts()).author() == null) {
                    throw new UnprocessableEntityException(String.format(Locale.ROOT, KEPT_WITH_THE_RECORD, id));
                }
            }
        }
    }

    private static RecordFacts facts(ResultSet row) throws SQLException {
        String content = row.getString("SAYS");
        String custodian = row.getString("CUSTODIAN");
        return new RecordFacts(
                row.getLong("RES_ID"),
                custodian == null ? "" : custodian,
                row.getString("PATIENT"),
                content == null ? "" : content,
                row.getString("AUTHOR"),
                row.getString("WRITER"),
                row.getLong("HAPPENED"));
    }
}
