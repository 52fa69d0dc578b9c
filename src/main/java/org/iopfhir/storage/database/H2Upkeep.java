// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import javax.sql.DataSource;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.MVStoreException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks after the file of H2, which its own thread does only where commits are written late; {@code WRITE_DELAY=0},
 * without which a killed process loses acknowledged writes, turns that thread off (h2database/h2database#442).
 *
 * <p>Each second all that was written is forced to the disk, so that a failure of the power loses no more than that, and
 * sparse chunks are rewritten, or the file would grow with every write until the next start. A chunk without live pages
 * is kept for a while (half of {@code RETENTION_TIME}), so that none is written over before the disk has what replaces
 * it. A large load still makes a large file; later writes fill it. For more than a developer's data there is PostgreSQL.
 */
final class H2Upkeep implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(H2Upkeep.class);

    private static final int SECONDS_BETWEEN = 2;

    /** In percent of live data; H2's own default asks for 90, which costs writers more than the space is worth. */
    private static final int FILL_RATE = 60;

    /** Bytes rewritten in one go, during which writers wait. */
    private static final int PORTION = 4 * 1024 * 1024;

    private static final int PORTIONS_IN_A_ROW = 8;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "h2-upkeep");
        thread.setDaemon(true);
        return thread;
    });

    private H2Upkeep() {}

    /** For a database that looks after itself. */
    static H2Upkeep none() {
        return new H2Upkeep();
    }

    /** Begin to look after the database of {@code pool}. */
    static H2Upkeep of(DataSource pool) throws SQLException {
        H2Upkeep upkeep = new H2Upkeep();
        try (Connection connection = pool.getConnection()) {
            // A server of H2's own, elsewhere, looks after itself.
            if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
                MVStore store = session.getDatabase().getStore().getMvStore();
                ScheduledFuture<?> unusedForce =
                        upkeep.thread.scheduleWithFixedDelay(() -> force(store), 1, 1, TimeUnit.SECONDS);
                ScheduledFuture<?> unusedCompact = upkeep.thread.scheduleWithFixedDelay(
                        () -> compact(store), SECONDS_BETWEEN, SECONDS_BETWEEN, TimeUnit.SECONDS);
            }
        }
        return upkeep;
    }

    private static void force(MVStore store) {
        try {
            if (!store.isClosed()) {
                store.sync();
            }
        } catch (MVStoreException e) {
            if (!store.isClosed()) {
                LOG.warn("h2-not-forced-to-disk code={}", e.getErrorCode());
            }
        }
    }

    private static void compact(MVStore store) {
        try {
            int portions = 0;
            while (!store.isClosed() && portions < PORTIONS_IN_A_ROW && store.compact(FILL_RATE, PORTION)) {
                portions++;
                force(store);
            }
        } catch (MVStoreException e) {
            if (!store.isClosed()) {
                LOG.warn("h2-compaction-failed code={}", e.getErrorCode());
            }
        }
    }

    /** Let the portion at work end, so that the database is not closed under it. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(5, TimeUnit.SECONDS)) {
                LOG.warn("h2-upkeep-still-running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
