// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.zaxxer.hikari.HikariDataSource;
import jakarta.persistence.EntityManager;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.hibernate.jpa.HibernatePersistenceProvider;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.orm.jpa.LocalContainerEntityManagerFactoryBean;
import org.springframework.orm.jpa.SharedEntityManagerCreator;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionTimedOutException;
import org.springframework.transaction.support.TransactionTemplate;

/** A transaction on H2 has its time, and H2 keeps the statements that it has parsed. */
class TimedTransactionsTest {

    private static final Duration LIMIT = Duration.ofMillis(300);

    private final LocalContainerEntityManagerFactoryBean factory = new LocalContainerEntityManagerFactoryBean();
    private final HikariDataSource database = database();

    private static HikariDataSource database() {
        HikariDataSource database = new HikariDataSource();
        database.setJdbcUrl("jdbc:h2:mem:timed-transactions;DB_CLOSE_DELAY=-1");
        database.setUsername("sa");
        database.setMaximumPoolSize(2);
        return database;
    }

    @BeforeEach
    void start() {
        factory.setPersistenceUnitName("timed");
        factory.setPersistenceProviderClass(HibernatePersistenceProvider.class);
        factory.setPackagesToScan("org.iopfhir.none");
        factory.setDataSource(database);
        factory.setJpaPropertyMap(
                Map.of("hibernate.session_factory.statement_inspector", TimedTransactions.inspector()));
        factory.afterPropertiesSet();
    }

    @AfterEach
    void stop() {
        factory.destroy();
        database.close();
    }

    @Test
    void isOverBeforeItsNextStatement() {
        TransactionTemplate transaction = new TransactionTemplate(transactions());

        assertThatThrownBy(() -> transaction.executeWithoutResult(status -> {
                    ask();
                    LockSupport.parkNanos(LIMIT.multipliedBy(2).toNanos());
                    ask();
                }))
                .isInstanceOf(TransactionTimedOutException.class);
        transaction.executeWithoutResult(status -> ask());
    }

    @Test
    void hasItsOwnTimeWithinAnother() {
        TimedTransactions transactions = transactions();
        TransactionTemplate outer = new TransactionTemplate(transactions);
        TransactionTemplate inner = new TransactionTemplate(transactions);
        inner.setPropagationBehavior(TransactionDefinition.PROPAGATION_REQUIRES_NEW);

        assertThatThrownBy(() -> outer.executeWithoutResult(status -> {
                    LockSupport.parkNanos(LIMIT.multipliedBy(2).toNanos());
                    inner.executeWithoutResult(within -> ask());
                    ask();
                }))
                .isInstanceOf(TransactionTimedOutException.class);
    }

    @Test
    void leavesTheStatementsThatH2HasParsed() throws SQLException {
        openBoth();
        long before = changesOfTheSchema();

        new TransactionTemplate(transactions()).executeWithoutResult(status -> ask());

        assertThat(changesOfTheSchema()).isEqualTo(before);
    }

    private TimedTransactions transactions() {
        return new TimedTransactions(factory.getObject(), LIMIT);
    }

    private void ask() {
        EntityManager entities = SharedEntityManagerCreator.createSharedEntityManager(factory.getObject());
        assertThat(entities.createNativeQuery("select 1").getSingleResult()).isEqualTo(1);
    }

    /** A new connection is a change of the schema to H2 too. */
    private void openBoth() throws SQLException {
        try (Connection one = database.getConnection();
                Connection other = database.getConnection()) {
            assertThat(one).isNotSameAs(other);
        }
    }

    private long changesOfTheSchema() throws SQLException {
        try (Connection connection = database.getConnection()) {
            SessionLocal session =
                    (SessionLocal) connection.unwrap(JdbcConnection.class).getSession();
            return session.getDatabase().getModificationMetaId();
        }
    }
}
