// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.config.JpaStorageSettings;
import ca.uhn.fhir.jpa.config.util.HapiEntityManagerFactoryUtil;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirH2Dialect;
import ca.uhn.fhir.jpa.model.dialect.HapiFhirPostgresDialect;
import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManagerFactory;
import java.sql.SQLException;
import java.util.Properties;
import javax.sql.DataSource;
import org.springframework.beans.factory.config.ConfigurableListableBeanFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.context.annotation.Primary;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;

/** The connection pool, the migrated schema, Hibernate upon it, and transactions. */
@Configuration(proxyBeanMethods = false)
public class Database {

    @Bean(destroyMethod = "close")
    HikariDataSource dataSource(DatabaseSettings settings) {
        HikariConfig pool = new HikariConfig();
        pool.setPoolName("iop");
        pool.setJdbcUrl(settings.effectiveUrl());
        pool.setUsername(settings.user());
        pool.setPassword(settings.password());
        pool.setMaximumPoolSize(settings.poolSize());
        pool.setMinimumIdle(Math.min(4, settings.poolSize()));
        pool.setConnectionTimeout(settings.connectionTimeout().toMillis());
        pool.setInitializationFailTimeout(10_000);
        pool.setConnectionInitSql(
                settings.isH2()
                        ? "SET QUERY_TIMEOUT " + settings.transactionTimeout().toMillis()
                        : "SET statement_timeout = "
                                + settings.statementTimeout().toMillis());
        if (settings.isH2()) {
            // H2 keeps the plan of a statement as long as the connection, however the tables grow.
            pool.setMaxLifetime(60_000);
            pool.setKeepaliveTime(0);
        }
        // Connects now: later, the failure would be wrapped by whoever asks first.
        return new HikariDataSource(pool);
    }

    @Bean(destroyMethod = "close")
    H2Upkeep compaction(HikariDataSource dataSource, DatabaseSettings settings) throws SQLException {
        return settings.isH2() ? H2Upkeep.of(dataSource) : H2Upkeep.none();
    }

    @Bean
    SchemaMigration schemaMigration(HikariDataSource dataSource, DatabaseSettings settings) {
        return new SchemaMigration(dataSource, settings);
    }

    @Bean
    @Primary
    LocalContainerEntityManagerFactoryBean entityManagerFactory(
            DataSource dataSource,
            DatabaseSettings settings,
            SchemaMigration migration,
            ConfigurableListableBeanFactory beans,
            FhirContext fhir,
            JpaStorageSettings storage) {
        migration.bringUpToDate();
        LocalContainerEntityManagerFactoryBean factory =
                HapiEntityManagerFactoryUtil.newEntityManagerFactory(beans, fhir, storage);
        factory.setPersistenceUnitName("iop");
        factory.setDataSource(dataSource);
        factory.setJpaProperties(hibernate(settings));
        return factory;
    }

    @Bean
    @Primary
    JpaTransactionManager transactionManager(EntityManagerFactory factory, DatabaseSettings settings) {
        if (settings.isH2()) {
            return new TimedTransactions(factory, settings.transactionTimeout());
        }
        JpaTransactionManager manager = new JpaTransactionManager(factory);
        manager.setDefaultTimeout((int) settings.transactionTimeout().toSeconds());
        return manager;
    }

    private static Properties hibernate(DatabaseSettings settings) {
        Properties p = new Properties();
        p.put(
                "hibernate.dialect",
                settings.isH2() ? HapiFhirH2Dialect.class.getName() : HapiFhirPostgresDialect.class.getName());
        // The schema is the migrator's; Hibernate only checks that it fits, and the start fails when it does not.
        p.put("hibernate.hbm2ddl.auto", "validate");
        p.put("hibernate.search.enabled", "false");
        p.put("hibernate.integration.envers.enabled", "false");
        p.put("hibernate.jdbc.batch_size", "50");
        p.put("hibernate.order_inserts", "true");
        p.put("hibernate.order_updates", "true");
        p.put("hibernate.cache.use_query_cache", "false");
        p.put("hibernate.cache.use_second_level_cache", "false");
        p.put("hibernate.cache.use_structured_entries", "false");
        p.put("hibernate.cache.use_minimal_puts", "false");
        if (settings.isH2()) {
            p.put("hibernate.session_factory.statement_inspector", TimedTransactions.inspector());
        }
        // Opening a connection only to ask the database for its name costs a round trip; the dialect is known.
        p.put("hibernate.boot.allow_jdbc_metadata_access", "false");
        return p;
    }
}
