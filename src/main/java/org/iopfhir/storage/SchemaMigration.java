// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.migrate.DriverTypeEnum;
import ca.uhn.fhir.jpa.migrate.HapiMigrationStorageSvc;
import ca.uhn.fhir.jpa.migrate.MigrationTaskList;
import ca.uhn.fhir.jpa.migrate.SchemaMigrator;
import ca.uhn.fhir.jpa.migrate.dao.HapiMigrationDao;
import ca.uhn.fhir.jpa.migrate.tasks.HapiFhirJpaMigrationTasks;
import ca.uhn.fhir.util.VersionEnum;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Properties;
import java.util.Set;
import javax.sql.DataSource;
import org.springframework.jdbc.datasource.DelegatingDataSource;

/**
 * Brings the database to the schema of this release with HAPI's own migrator: a fresh database gets the whole schema,
 * an older one the missing steps. Several nodes may start at once; the migrator's lock row lets one of them work.
 */
final class SchemaMigration {

    private static final String TABLE = "FLY_HFJ_MIGRATION";

    private final DataSource dataSource;
    private final DriverTypeEnum driver;

    SchemaMigration(DataSource dataSource, DatabaseSettings settings) {
        this.dataSource = new UnhurriedConnections(dataSource);
        this.driver = settings.isH2() ? DriverTypeEnum.H2_EMBEDDED : DriverTypeEnum.POSTGRES_9_4;
    }

    /** Migrate, or throw when a step fails: the server must not start upon a half-migrated schema. */
    void bringUpToDate() {
        HapiMigrationStorageSvc applied = new HapiMigrationStorageSvc(new HapiMigrationDao(dataSource, driver, TABLE));
        MigrationTaskList tasks = new HapiFhirJpaMigrationTasks(Set.of()).getAllTasks(VersionEnum.values());
        SchemaMigrator migrator = new SchemaMigrator("iop", TABLE, dataSource, new Properties(), tasks, applied);
        migrator.setDriverType(driver);
        migrator.createMigrationTableIfRequired();
        migrator.migrate();
    }

    /** A step of a migration may be silent for an hour; the pool takes its own limit back when it gets the connection. */
    private static final class UnhurriedConnections extends DelegatingDataSource {

        UnhurriedConnections(DataSource pool) {
            super(pool);
        }

        @Override
        public Connection getConnection() throws SQLException {
            Connection connection = super.getConnection();
            connection.setNetworkTimeout(Runnable::run, 0);
            return connection;
        }
    }
}
