// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IIdType;
import org.iopfhir.storage.disclosure.Followers.Told;
import org.iopfhir.storage.disclosure.NoteContexts.Context;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronization;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Keeps what is known of records and consents next to them: written with the transaction that writes them, before its
 * commit, so that a consent is in force, or no longer, from that moment on every node.
 */
public final class DisclosureIndex {

    private static final String UPDATE = """
            update IOP_RECORD set CUSTODIAN = ?, PATIENT = ?, CONTENT = ?, AUTHOR = ?, WRITER = ?, HAPPENED = ?, DELETED = 0
            where RES_ID = ?""";

    private static final String INSERT = """
            insert into IOP_RECORD (CUSTODIAN, PATIENT, CONTENT, AUTHOR, WRITER, HAPPENED, DELETED, RES_ID)
            values (?, ?, ?, ?, ?, ?, 0, ?)""";

    private static final String INSERT_PERMIT = """
            insert into IOP_PERMIT (CONSENT, NR, PATIENT, CUSTODIAN, RECIPIENT, PURPOSE, DENIES, TERMS,
                VALID_FROM, VALID_UNTIL, DATED_FROM, DATED_UNTIL)
            values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)""";

    private final JdbcOperations database;
    private final Wording wording;
    private final NoteContexts contexts;
    private final Followers followers;
    private final Runnable flush;

    /** @param flush sends to the database what the running transaction has written by way of HAPI */
    DisclosureIndex(
            JdbcOperations database, Wording wording, NoteContexts contexts, Followers followers, Runnable flush) {
        this.flush = flush;
        this.database = database;
        this.wording = wording;
        this.contexts = contexts;
        this.followers = followers;
    }

    /** Whether a stored resource is a counseling note, whoever may see it. */
    public boolean isNote(String type, String id) {
        return contexts.isNote(type, id);
    }

    /** Remember what a record is that the running transaction writes. */
    public void put(RecordFacts facts, boolean isNew) {
        pending().records.put(facts.key(), new Written(facts, isNew));
    }

    /** Remember that the running transaction deletes a record; it is left to those inside of the program. */
    public void remove(long key) {
        pending().deleted.add(key);
    }

    /**
     * Say what a Binary that the running transaction writes is kept with. What is not there, or is not shown to whoever
     * writes, is refused at the end of the transaction.
     */
    public void putContext(RecordFacts binary, String id, IIdType context, boolean isGuarded, Optional<Viewer> viewer) {
        pending()
                .contexts
                .put(binary.key(), new Context(id, context.getResourceType(), context.getIdPart(), isGuarded, viewer));
    }

    /**
     * Say of which records something tells that is of no patient by itself.
     *
     * @param targets  references; none: it tells of what is not here
     * @param patients ids of those whom it names
     */
    public void putTargets(long key, List<String> targets, Set<String> patients) {
        pending().told.put(key, new Told(targets, patients));
    }

    /** Say in which Binaries the words of a counseling note are; when one of them is not kept apart, it is refused. */
    public void putWords(Set<String> binaries) {
        pending().words.addAll(binaries);
    }

    /** Replace what a consent says. */
    public void putPermits(String consent, String patient, List<Permit> permits) {
        pending().consents.put(consent, new Said(patient, permits));
    }

    /** Replace which Organizations a record ties to its patient, so that they treat him or pay for him. */
    public void putTies(long key, String patient, Set<String> organizations) {
        pending().ties.put(key, new Tied(patient, organizations));
    }

    private Pending pending() {
        return TransactionSynchronizationManager.getSynchronizations().stream()
                .filter(Pending.class::isInstance)
                .map(Pending.class::cast)
                .findFirst()
                .orElseGet(() -> {
                    Pending fresh = new Pending();
                    TransactionSynchronizationManager.registerSynchronization(fresh);
                    return fresh;
                });
    }

    record Written(RecordFacts facts, boolean isNew) {}

    private record Said(String patient, List<Permit> permits) {}

    private record Tied(String patient, Set<String> organizations) {}

    /** What the running transaction is to write. */
    private final class Pending implements TransactionSynchronization {

        private final Map<Long, Written> records = new LinkedHashMap<>();
        private final List<Long> deleted = new ArrayList<>();
        private final Map<String, Said> consents = new LinkedHashMap<>();
        private final Map<Long, Tied> ties = new LinkedHashMap<>();
        private final Map<Long, Context> contexts = new LinkedHashMap<>();
        private final Set<String> words = new LinkedHashSet<>();
        private final Map<Long, Told> told = new LinkedHashMap<>();

        @Override
        public void beforeCommit(boolean readOnly) {
            connectNotes();
            wording.learn(
                    records.values().stream()
                            .map(record -> record.facts().content())
                            .toList(),
                    consents.values().stream()
                            .flatMap(said -> said.permits().stream())
                            .map(Permit::terms)
                            .toList());
            writeRecords();
            told.forEach((key, what) ->
                    followers.write(Objects.requireNonNull(records.get(key)).facts(), what, records));
            forgetConditionsOfNotes();
            deleted.forEach(key -> {
                database.update("update IOP_RECORD set DELETED = 1 where RES_ID = ?", key);
                database.update(
                        "update IOP_RECORD set DELETED = 1 where AUTHOR is not null"
                                + " and RES_ID in (select RES_ID from IOP_CONTEXT where CONTEXT = ?)",
                        key);
                database.update("delete from IOP_TIE where RES_ID = ?", key);
                database.update("delete from IOP_TARGET where RES_ID = ?", key);
            });
            consents.forEach(this::writePermits);
            ties.forEach(this::writeTies);
        }

        /** What is written of notes and of their Binaries, in any order, and of those that are stored already. */
        private void connectNotes() {
            NoteContexts notes = DisclosureIndex.this.contexts;
            contexts.forEach((key, context) -> {
                Written binary = Objects.requireNonNull(records.get(key));
                RecordFacts facts = notes.connect(binary.facts(), context, records);
                records.put(key, new Written(facts, binary.isNew()));
            });
            List<Written> all = List.copyOf(records.values());
            for (Written written : all) {
                if (written.facts().author() != null && !written.isNew()) {
                    notes.dependents(written.facts())
                            .forEach(binary -> records.putIfAbsent(binary.key(), new Written(binary, false)));
                }
            }
            notes.requireApart(words, records);
        }

        private void writeRecords() {
            List<RecordFacts> fresh = new ArrayList<>();
            for (Written written : records.values()) {
                if (written.isNew() || database.update(UPDATE, columns(written.facts())) == 0) {
                    fresh.add(written.facts());
                }
            }
            if (fresh.size() == 1) {
                database.update(INSERT, columns(fresh.get(0)));
            } else if (!fresh.isEmpty()) {
                database.batchUpdate(INSERT, fresh.stream().map(this::columns).toList());
            }
        }

        /** By its condition HAPI would tell everybody who creates on the same that there is such a note. */
        private void forgetConditionsOfNotes() {
            List<Object[]> notes = records.values().stream()
                    .filter(written -> written.facts().author() != null)
                    .map(written -> new Object[] {written.facts().key()})
                    .toList();
            if (!notes.isEmpty()) {
                flush.run();
                database.batchUpdate("delete from HFJ_RES_SEARCH_URL where RES_ID = ?", notes);
            }
        }

        private Object[] columns(RecordFacts facts) {
            return new Object[] {
                facts.custodian(),
                facts.patient(),
                Wording.id(facts.content()),
                facts.author(),
                facts.writer(),
                facts.happened(),
                facts.key()
            };
        }

        private void writePermits(String consent, Said said) {
            database.update("delete from IOP_PERMIT where CONSENT = ?", consent);
            List<Object[]> rows = new ArrayList<>();
            for (Permit permit : said.permits()) {
                rows.add(new Object[] {
                    consent,
                    rows.size(),
                    said.patient(),
                    permit.custodian(),
                    permit.recipient(),
                    permit.purpose(),
                    permit.denies() ? 1 : 0,
                    Wording.id(permit.terms()),
                    permit.valid().from(),
                    permit.valid().until(),
                    permit.dated().from(),
                    permit.dated().until()
                });
            }
            if (!rows.isEmpty()) {
                database.batchUpdate(INSERT_PERMIT, rows);
            }
        }

        private void writeTies(Long key, Tied tied) {
            database.update("delete from IOP_TIE where RES_ID = ?", key);
            Collection<Object[]> rows = tied.organizations().stream()
                    .map(organization -> new Object[] {key, tied.patient(), organization})
                    .toList();
            if (!rows.isEmpty()) {
                database.batchUpdate(
                        "insert into IOP_TIE (RES_ID, PATIENT, ORGANIZATION) values (?, ?, ?)", List.copyOf(rows));
            }
        }
    }
}
