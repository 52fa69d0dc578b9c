// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.iopfhir.seal.Seal;
import org.springframework.jdbc.core.JdbcOperations;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * The words of counseling notes, in a table of their own and apart from the record (2.11). Each text has an id that nobody
 * can guess, and the version of the Binary that it belongs to names it. Whoever asks here has made sure who may read.
 */
public final class NoteWords {

    private static final int AT_ONCE = 50;

    private final JdbcOperations database;
    private final Seal seal;

    /**
     * Open the store, and seal what is in it from before there was a secret.
     *
     * @throws IllegalStateException when something in it was sealed with another secret
     */
    NoteWords(JdbcOperations database, NoteSettings settings) {
        this.database = database;
        this.seal = Seal.of(settings.secret(), "counseling notes", "iop.part2.notes.secret");
        database.queryForList("select SAYS from IOP_NOTE where SEALED = 1 limit 1", String.class)
                .forEach(seal::open);
        while (!settings.secret().isEmpty() && sealSome()) {
            // until nothing is left
        }
    }

    private boolean sealSome() {
        List<String> open =
                database.queryForList("select ID from IOP_NOTE where SEALED = 0 limit " + AT_ONCE, String.class);
        for (String id : open) {
            String says = database.queryForObject("select SAYS from IOP_NOTE where ID = ?", String.class, id);
            // Another node may have done it meanwhile.
            database.update(
                    "update IOP_NOTE set SAYS = ?, SEALED = 1 where ID = ? and SEALED = 0",
                    seal.close(String.valueOf(says)),
                    id);
        }
        return !open.isEmpty();
    }

    /**
     * Store words with the running transaction.
     *
     * @param binary id of the Binary that they are of
     * @return the id by which they are found again
     */
    public String keep(String binary, byte[] words) {
        String id = UUID.randomUUID().toString();
        keep(id, binary, words);
        return id;
    }

    /** Store them again under the same id, where the transaction that did so may have been undone. */
    public void keepAgain(String id, String binary, byte[] words) {
        if (database.queryForList("select 1 from IOP_NOTE where ID = ?", id).isEmpty()) {
            keep(id, binary, words);
        }
    }

    private void keep(String id, String binary, byte[] words) {
        if (!TransactionSynchronizationManager.isActualTransactionActive()) {
            throw new IllegalStateException("The words of a note are stored with the note or not at all");
        }
        String text = Base64.getEncoder().encodeToString(words);
        boolean isSealed = seal.isMissing(text);
        database.update(
                "insert into IOP_NOTE (ID, OF_BINARY, SEALED, SAYS) values (?, ?, ?, ?)",
                id,
                binary,
                isSealed ? 1 : 0,
                seal.close(text));
    }

    /** The words of that id, if they are of that Binary. */
    public Optional<byte[]> find(String id, String binary) {
        return database
                .queryForList("select SAYS from IOP_NOTE where ID = ? and OF_BINARY = ?", String.class, id, binary)
                .stream()
                .findFirst()
                .map(text -> Base64.getDecoder().decode(seal.open(text)));
    }
}
