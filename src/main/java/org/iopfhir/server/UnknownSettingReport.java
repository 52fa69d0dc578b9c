// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import org.iopfhir.server.UnknownSettings.UnknownSettingException;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;

/** Tells an operator about an unknown setting in one sentence, where Spring Boot would print a stack trace. */
final class UnknownSettingReport extends AbstractFailureAnalyzer<UnknownSettingException> {

    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, UnknownSettingException cause) {
        return new FailureAnalysis(cause.getMessage(), "Correct the name, or remove the setting.", cause);
    }
}
