// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

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
 * Lets H2 use the space in its file again. H2 itself rewrites sparse chunks only in the thread that flushes late commits,
 * and {@code WRITE_DELAY=0}, without which a killed process loses acknowledged writes, turns that thread off
 * (h2database/h2database#442); the file then grows with every write until the next start.
 *
 * <p>A chunk is kept for 45 seconds after its last page has moved, in case the power fails, so a large load still makes a
 * large file; later writes fill it. For more than a developer's data there is PostgreSQL.
 */
final class H2Compaction implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(H2Compaction.class);

    private static final int SECONDS_BETWEEN = 2;

    /** In percent of live data; H2's own default asks for 90, which costs writers more than the space is worth. */
    private static final int FILL_RATE = 60;

    /** Bytes rewritten in one go, during which writers wait. */
    private static final int PORTION = 4 * 1024 * 1024;

    private static final int PORTIONS_IN_A_ROW = 8;

    private final ScheduledExecutorService thread = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "h2-compaction");
        thread.setDaemon(true);
        return thread;
    });

    private H2Compaction() {}

    /** For a database that looks after itself. */
    static H2Compaction none() {
        return new H2Compaction();
    }

    /** Begin to compact the database of {@code pool}. */
    static H2Compaction of(DataSource pool) throws SQLException {
        H2Compaction compaction = new H2Compaction();
        try (Connection connection = pool.getConnection()) {
            // A server of H2's own, elsewhere, looks after itself.
            if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
                MVStore store = session.getDatabase().getStore().getMvStore();
                ScheduledFuture<?> unused = compaction.thread.scheduleWithFixedDelay(
                        () -> compact(store), SECONDS_BETWEEN, SECONDS_BETWEEN, TimeUnit.SECONDS);
            }
        }
        return compaction;
    }

    private static void compact(MVStore store) {
        try {
            int portions = 0;
            while (!store.isClosed() && portions < PORTIONS_IN_A_ROW && store.compact(FILL_RATE, PORTION)) {
                portions++;
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
                LOG.warn("h2-compaction-still-running");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
