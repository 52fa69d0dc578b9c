// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import org.iopfhir.consent.Part2Settings;

/**
 * Lets an answer to whoever sees only what consents permit leave after a whole number of steps of time, refusals alike.
 * To pass over a hidden record takes some millionths of a second more than to find nothing, and these would tell of it.
 */
@Interceptor
public final class EvenAnswers {

    private static final String BEGUN = EvenAnswers.class.getName();

    private final Predicate<HttpServletRequest> dependsOnConsents;
    private final long step;

    /** @param dependsOnConsents whether the sender of a request sees only what consents permit */
    EvenAnswers(Predicate<HttpServletRequest> dependsOnConsents, Part2Settings settings) {
        this.dependsOnConsents = dependsOnConsents;
        this.step = settings.evenAnswers().toNanos();
    }

    @Hook(value = Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED, order = Stage.Order.IDENTIFY)
    public void begin(RequestDetails request) {
        // An entry of a batch comes by here too, and belongs to the answer of all.
        if (request instanceof ServletRequestDetails servlet
                && servlet.getServletRequest().getAttribute(BEGUN) == null) {
            servlet.getServletRequest().setAttribute(BEGUN, System.nanoTime());
        }
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.EVEN)
    public void beforeAnswer(RequestDetails request) {
        await(request);
    }

    @Hook(value = Pointcut.SERVER_HANDLE_EXCEPTION, order = Stage.Order.EVEN)
    public void beforeRefusal(RequestDetails request) {
        await(request);
    }

    private void await(RequestDetails request) {
        if (step > 0
                && request instanceof ServletRequestDetails servlet
                && servlet.getServletRequest().getAttribute(BEGUN) instanceof Long begun
                && dependsOnConsents.test(servlet.getServletRequest())) {
            long end = begun + whole(System.nanoTime() - begun, step);
            // It may wake too early.
            for (long left = end - System.nanoTime(); left > 0; left = end - System.nanoTime()) {
                LockSupport.parkNanos(left);
            }
        }
    }

    /** The whole steps, in nanoseconds, that {@code nanos} take: one at least. */
    static long whole(long nanos, long step) {
        return step * (nanos / step + 1);
    }
}
