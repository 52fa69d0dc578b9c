// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import jakarta.persistence.EntityManagerFactory;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import org.hibernate.resource.jdbc.spi.StatementInspector;
import org.springframework.orm.jpa.JpaTransactionManager;
import org.springframework.transaction.TransactionDefinition;
import org.springframework.transaction.TransactionTimedOutException;

/**
 * Ends a transaction whose time is over before its next statement, as Spring does it, but without telling the database
 * the remaining seconds before each statement: H2 takes that for a change of the schema and forgets every statement that
 * it has parsed, of all connections.
 */
final class TimedTransactions extends JpaTransactionManager {

    private static final long serialVersionUID = 1L;

    /** Of the transactions of this thread, the innermost first: one may wait for another that it began. */
    private static final ThreadLocal<Deque<Long>> DEADLINES = ThreadLocal.withInitial(ArrayDeque::new);

    private final Duration limit;

    TimedTransactions(EntityManagerFactory factory, Duration limit) {
        super(factory);
        this.limit = limit;
    }

    /** What Hibernate is to ask before each statement. */
    static StatementInspector inspector() {
        return sql -> {
            Long deadline = DEADLINES.get().peek();
            if (deadline != null && System.nanoTime() - deadline > 0) {
                throw new TransactionTimedOutException("The time of the transaction is over");
            }
            return sql;
        };
    }

    @Override
    protected void doBegin(Object transaction, TransactionDefinition definition) {
        super.doBegin(transaction, definition);
        DEADLINES.get().push(System.nanoTime() + limit.toNanos());
    }

    @Override
    protected void doCleanupAfterCompletion(Object transaction) {
        DEADLINES.get().poll();
        super.doCleanupAfterCompletion(transaction);
    }
}
