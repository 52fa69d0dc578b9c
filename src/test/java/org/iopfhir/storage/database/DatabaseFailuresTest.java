// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import static org.assertj.core.api.Assertions.assertThat;

import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.List;
import org.hibernate.NonUniqueObjectException;
import org.hibernate.TransactionException;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.FailureTranslation.Answer;
import org.junit.jupiter.api.Test;

class DatabaseFailuresTest {

    private final FailureTranslation translation = new FailureTranslation(List.of(new DatabaseFailures()));

    @Test
    void answersATransactionWhoseTimeIsOverWithComeBackLater() {
        assertUnavailable(new IllegalStateException(new TransactionException("transaction timeout expired")));
    }

    @Test
    void answersAnExhaustedPoolWithComeBackLater() {
        assertUnavailable(new IllegalStateException(new SQLTransientConnectionException("iop - timed out")));
    }

    @Test
    void answersAPostgresThatShutsDownWithComeBackLater() {
        assertUnavailable(new IllegalStateException(new SQLException("terminating connection", "57P01")));
    }

    @Test
    void answersAnIdThatACrashedDatabaseGaveTwiceWithComeBackLater() {
        assertUnavailable(new IllegalStateException(new NonUniqueObjectException("twice", 1L, "Entity")));
    }

    @Test
    void leavesAnUnknownFailureAlone() {
        assertThat(new DatabaseFailures().apply(new SQLException("syntax", "42601")))
                .isEmpty();
    }

    private void assertUnavailable(Throwable failure) {
        Answer answer = translation.translate(failure, "1");

        assertThat(answer.status()).isEqualTo(503);
        assertThat(answer.headers()).containsKey("Retry-After");
        assertThat(answer.unexpected()).isFalse();
    }
}
