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
 * Keeps the file of H2 near the size of what is in it. H2 itself rewrites sparse chunks only in the thread that flushes
 * late commits, and {@code WRITE_DELAY=0}, without which a killed process loses acknowledged writes, turns that thread
 * off (h2database/h2database#442): 49 MB of resources grew to a file of 2 GB.
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
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            MVStore store = session.getDatabase().getStore().getMvStore();
            ScheduledFuture<?> unused = compaction.thread.scheduleWithFixedDelay(
                    () -> compact(store), SECONDS_BETWEEN, SECONDS_BETWEEN, TimeUnit.SECONDS);
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
            LOG.warn("h2-compaction-failed code={}", e.getErrorCode());
        }
    }

    @Override
    public void close() {
        thread.shutdown();
    }
}
