// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import ca.uhn.fhir.jpa.migrate.DriverTypeEnum;
import ca.uhn.fhir.jpa.migrate.HapiMigrationStorageSvc;
import ca.uhn.fhir.jpa.migrate.MigrationTaskList;
import ca.uhn.fhir.jpa.migrate.SchemaMigrator;
import ca.uhn.fhir.jpa.migrate.dao.HapiMigrationDao;
import ca.uhn.fhir.jpa.migrate.tasks.HapiFhirJpaMigrationTasks;
import ca.uhn.fhir.util.VersionEnum;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Brings the database to the schema of this release with HAPI's own migrator: a fresh database gets the whole schema,
 * an older one the missing steps. Several nodes may start at once: the migrator's lock row lets one of them work.
 */
final class SchemaMigration {

    private static final String TABLE = "FLY_HFJ_MIGRATION";

    private final HikariDataSource pool;
    private final DriverTypeEnum driver;

    SchemaMigration(HikariDataSource pool, DatabaseSettings settings) {
        this.pool = pool;
        this.driver = settings.isH2() ? DriverTypeEnum.H2_EMBEDDED : DriverTypeEnum.POSTGRES_9_4;
    }

    /** Migrate, or throw when a step fails: the server must not start upon a half-migrated schema. */
    void bringUpToDate() {
        if (driver == DriverTypeEnum.H2_EMBEDDED) {
            migrate(pool);
            return;
        }
        migrate(new UnhurriedConnections(pool));
        // Their limits are off; requests get new ones.
        pool.getHikariPoolMXBean().softEvictConnections();
    }

    private void migrate(DataSource dataSource) {
        HapiMigrationStorageSvc applied = new HapiMigrationStorageSvc(new HapiMigrationDao(dataSource, driver, TABLE));
        MigrationTaskList tasks = new HapiFhirJpaMigrationTasks(Set.of()).getAllTasks(VersionEnum.values());
        SchemaMigrator migrator = new SchemaMigrator("iop", TABLE, dataSource, new Properties(), tasks, applied);
        migrator.setDriverType(driver);
        // The migrator's lock is a row of the table that is made here.
        SchemaTurn.take(dataSource, turn -> migrator.createMigrationTableIfRequired());
        migrator.migrate();
    }

    /** Lets PostgreSQL work on one statement as long as it takes: an index on a large table may need an hour. */
    private static final class UnhurriedConnections extends DelegatingDataSource {

        UnhurriedConnections(DataSource pool) {
            super(pool);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connection.setNetworkTimeout(Runnable::run, 0);
            try (Statement statement = connection.createStatement()) {
                statement.execute("SET statement_timeout = 0");
            }
            return connection;
        }
    }
}
