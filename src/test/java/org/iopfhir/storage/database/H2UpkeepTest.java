// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.locks.LockSupport;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2UpkeepTest {

    private final Random random = new Random(1);

    @Test
    void makesSpaceInTheFileUsableAgain(@TempDir Path folder) throws SQLException {
        try (HikariDataSource pool = pool(folder, "compacted");
                H2Upkeep upkeep = H2Upkeep.of(pool)) {
            assertThat(upkeep).isNotNull();
            fill(pool, 24);

            // On a busy machine it gets its turn late, and what it has rewritten counts with the next commit.
            for (int i = 0; i < 120 && dataInChunks(pool) <= 40; i++) {
                LockSupport.parkNanos(500_000_000);
                touch(pool);
            }
            assertThat(dataInChunks(pool)).isGreaterThan(40);
        }
    }

    @Test
    void isNeededSinceH2DoesNot(@TempDir Path folder) throws SQLException {
        try (HikariDataSource pool = pool(folder, "left")) {
            fill(pool, 24);

            assertThat(dataInChunks(pool)).isLessThan(40);
        }
    }

    /** As the server opens it, but a chunk may be dropped at once, since a test does not wait for 3 seconds. */
    private static HikariDataSource pool(Path folder, String name) {
        HikariDataSource pool = new HikariDataSource();
        pool.setJdbcUrl("jdbc:h2:file:" + folder.resolve(name) + ";WRITE_DELAY=0;RETENTION_TIME=0");
        pool.setUsername("sa");
        return pool;
    }

    /** Rows in random order of their indexes, which spreads the live pages over all chunks. */
    private void fill(HikariDataSource pool, int transactions) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create table t (id bigint auto_increment primary key, a varchar, b bigint, c varchar)");
            statement.execute("create index a on t (a)");
            statement.execute("create index b on t (b)");
            statement.execute("create index ab on t (b, a)");
            connection.setAutoCommit(false);
            for (int i = 0; i < transactions; i++) {
                insert(connection);
                connection.commit();
                LockSupport.parkNanos(400_000_000);
            }
        }
    }

    private static void touch(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("update t set b = b + 1 where id = 1");
        }
    }

    private void insert(Connection connection) throws SQLException {
        try (PreparedStatement row = connection.prepareStatement("insert into t (a, b, c) values (?, ?, ?)")) {
            for (int i = 0; i < 1500; i++) {
                row.setString(1, new UUID(random.nextLong(), random.nextLong()).toString());
                row.setLong(2, random.nextLong());
                row.setString(3, "x".repeat(600));
                row.addBatch();
            }
            row.executeBatch();
        }
    }

    /** Percent of the file's chunks that is live data. */
    private static int dataInChunks(HikariDataSource pool) throws SQLException {
        try (Connection connection = pool.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            MVStore store = session.getDatabase().getStore().getMvStore();
            return store.getFileStore().getChunksFillRate();
        }
    }
}
