// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.database;

import com.zaxxer.hikari.pool.HikariPool.PoolInitializationException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells an operator in one sentence that the database cannot be used, where Spring Boot would print a stack trace. */
final class UnusableDatabaseReport extends AbstractFailureAnalyzer<PoolInitializationException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PoolInitializationException cause) {
        Throwable reason = cause.getCause() == null ? cause : cause.getCause();
        return new FailureAnalysis(
                "The database of iop.database.url cannot be used: " + reason.getMessage(),
                "Start the database, or correct iop.database.url, iop.database.user and iop.database.password.",
                cause);
    }
}
