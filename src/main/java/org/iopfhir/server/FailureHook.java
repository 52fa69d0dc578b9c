// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.FailureTranslation.Answer;
import org.iopfhir.outcome.Wordless;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets {@link FailureTranslation} answer every failure that leaves HAPI, and logs the unexpected ones. */
@Interceptor
public final class FailureHook {

    private static final Logger LOG = LoggerFactory.getLogger(FailureHook.class);

    private final FailureTranslation translation;

    private final AuditHook audit;

    FailureHook(FailureTranslation translation, AuditHook audit) {
        this.translation = translation;
        this.audit = audit;
    }

    @Hook(value = Pointcut.SERVER_PRE_PROCESS_OUTGOING_EXCEPTION, order = Stage.Order.TRANSLATE_FAILURE)
    public BaseServerResponseException translate(@Nullable RequestDetails request, Throwable failure) {
        String id = request == null ? "unknown" : request.getRequestId();
        Answer answer = recorded(request, translation.translate(failure, id), id);
        if (answer.unexpected()) {
            LOG.error(
                    "request-failed request={} failure={}",
                    id,
                    failure.getClass().getName(),
                    Wordless.of(failure));
        }
        BaseServerResponseException out =
                new UnclassifiedServerFailureException(answer.status(), "refused", answer.outcome());
        answer.headers().forEach(out::addResponseHeader);
        return out;
    }

    /** The answer, or another one when the refusal cannot be written down: it would tell whether there is something. */
    private Answer recorded(@Nullable RequestDetails request, Answer answer, String id) {
        if (!(request instanceof ServletRequestDetails)) {
            return answer;
        }
        try {
            audit.recordFailure(request, answer.status());
            return answer;
        } catch (RuntimeException e) {
            return translation.translate(e, id);
        }
    }
}
