// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import javax.sql.DataSource;
import org.iopfhir.storage.database.SchemaTurn;
import org.springframework.dao.DuplicateKeyException;
import org.springframework.jdbc.core.JdbcTemplate;

/**
 * Small entries of the server's own that expire: keys, sessions, what was used once. All nodes see them at once. An entry
 * is found by its kind and id, and may belong to an owner.
 */
public final class EntryStore {

    private static final List<String> SCHEMA = List.of(
            """
            CREATE TABLE IF NOT EXISTS IOP_ENTRY (
              KIND VARCHAR(20) NOT NULL, ID VARCHAR(200) NOT NULL, OWNER VARCHAR(200) NOT NULL,
              CONTENT VARCHAR(1000000) NOT NULL, EXPIRES BIGINT NOT NULL, PRIMARY KEY (KIND, ID))
            """,
            "CREATE INDEX IF NOT EXISTS IOP_ENTRY_OWNER ON IOP_ENTRY (KIND, OWNER)",
            "CREATE INDEX IF NOT EXISTS IOP_ENTRY_EXPIRES ON IOP_ENTRY (EXPIRES)");

    private static final long BETWEEN_CLEANINGS = Duration.ofMinutes(1).toMillis();

    private final JdbcTemplate jdbc;
    private final Clock clock;
    private final AtomicLong nextCleaning = new AtomicLong();

    EntryStore(JdbcTemplate jdbc, Clock clock) {
        this.jdbc = jdbc;
        this.clock = clock;
    }

    static void bringUpToDate(DataSource pool) {
        SchemaTurn.make(pool, SCHEMA);
    }

    /**
     * Add an entry.
     *
     * @param expires milliseconds since 1970
     * @return false when there is one of this kind and id already, which then stays as it is
     */
    public boolean add(String kind, String id, String owner, String content, long expires) {
        clean();
        return insert(kind, id, owner, content, expires)
                || (jdbc.update(
                                        "DELETE FROM IOP_ENTRY WHERE KIND = ? AND ID = ? AND EXPIRES <= ?",
                                        kind,
                                        id,
                                        clock.millis())
                                > 0
                        && insert(kind, id, owner, content, expires));
    }

    private boolean insert(String kind, String id, String owner, String content, long expires) {
        try {
            jdbc.update(
                    "INSERT INTO IOP_ENTRY (KIND, ID, OWNER, CONTENT, EXPIRES) VALUES (?, ?, ?, ?, ?)",
                    kind,
                    id,
                    owner,
                    content,
                    expires);
            return true;
        } catch (DuplicateKeyException e) {
            return false;
        }
    }

    /** Add an entry, or replace what is there. */
    public void put(String kind, String id, String owner, String content, long expires) {
        if (!update(kind, id, owner, content, expires) && !add(kind, id, owner, content, expires)) {
            update(kind, id, owner, content, expires);
        }
    }

    private boolean update(String kind, String id, String owner, String content, long expires) {
        return jdbc.update(
                        "UPDATE IOP_ENTRY SET OWNER = ?, CONTENT = ?, EXPIRES = ? WHERE KIND = ? AND ID = ?",
                        owner,
                        content,
                        expires,
                        kind,
                        id)
                > 0;
    }

    /** The content of an entry that has not expired. */
    public Optional<String> find(String kind, String id) {
        return jdbc
                .queryForList(
                        "SELECT CONTENT FROM IOP_ENTRY WHERE KIND = ? AND ID = ? AND EXPIRES > ?",
                        String.class,
                        kind,
                        id,
                        clock.millis())
                .stream()
                .findFirst();
    }

    /** Remove an entry, and return its content to the one caller who has removed it. */
    public Optional<String> take(String kind, String id) {
        Optional<String> content = find(kind, id);
        return remove(kind, id) ? content : Optional.empty();
    }

    /**
     * Remove an entry.
     *
     * @return whether there was one
     */
    public boolean remove(String kind, String id) {
        return jdbc.update("DELETE FROM IOP_ENTRY WHERE KIND = ? AND ID = ?", kind, id) > 0;
    }

    /** Remove all entries of a kind that belong to an owner. */
    public void removeAllOf(String kind, String owner) {
        jdbc.update("DELETE FROM IOP_ENTRY WHERE KIND = ? AND OWNER = ?", kind, owner);
    }

    /** The contents of all entries of a kind, the one that expires last first. */
    public List<String> all(String kind) {
        return jdbc.queryForList(
                "SELECT CONTENT FROM IOP_ENTRY WHERE KIND = ? AND EXPIRES > ? ORDER BY EXPIRES DESC",
                String.class,
                kind,
                clock.millis());
    }

    /** The contents of all entries of a kind that belong to an owner, the one that expires last first. */
    public List<String> allOf(String kind, String owner) {
        return jdbc.queryForList(
                "SELECT CONTENT FROM IOP_ENTRY WHERE KIND = ? AND OWNER = ? AND EXPIRES > ? ORDER BY EXPIRES DESC",
                String.class,
                kind,
                owner,
                clock.millis());
    }

    private void clean() {
        long now = clock.millis();
        long due = nextCleaning.get();
        if (now >= due && nextCleaning.compareAndSet(due, now + BETWEEN_CLEANINGS)) {
            jdbc.update("DELETE FROM IOP_ENTRY WHERE EXPIRES <= ?", now);
        }
    }
}
