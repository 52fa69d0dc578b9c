// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;
import org.springframework.dao.DataAccessException;

/**
 * Holds back the answer to a write of a consent until every answer that may still rest on the consent as it was before
 * has left this node, and every other. So whoever has the answer to a revocation knows that nothing is disclosed from
 * then on.
 *
 * <p>What begins after the commit sees the consent as it is now; {@link ReleaseHook} asks again before an answer is
 * written. Only what has passed it, and is being written, has to be waited for.
 */
@Interceptor
public final class RevocationFence extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final String WRITTEN = RevocationFence.class.getName() + ".written";
    private static final String PASS = RevocationFence.class.getName() + ".pass";

    /** As long as one statement may take, and its answer to leave. */
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static final Duration AGAIN = Duration.ofSeconds(5);

    private final transient Predicate<HttpServletRequest> dependsOnConsents;
    private final transient Passes passes;
    private final transient NodeTurns turns;

    /** @param dependsOnConsents whether the sender of a request sees only what consents permit */
    RevocationFence(Predicate<HttpServletRequest> dependsOnConsents, Passes passes, NodeTurns turns) {
        this.dependsOnConsents = dependsOnConsents;
        this.passes = passes;
        this.turns = turns;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!dependsOnConsents.test(request)) {
            chain.doFilter(request, response);
            return;
        }
        enter(request);
        try {
            chain.doFilter(request, response);
            response.flushBuffer();
        } finally {
            leave(request);
        }
    }

    /** The transaction of this request writes a consent. */
    static void consentIsWritten(@Nullable RequestDetails request) {
        if (request instanceof ServletRequestDetails servlet) {
            servlet.getServletRequest().setAttribute(WRITTEN, true);
        }
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.SETTLE)
    public void beforeAnswer(RequestDetails request) {
        if (!(request instanceof ServletRequestDetails servlet)) {
            return;
        }
        HttpServletRequest http = servlet.getServletRequest();
        if (http.getAttribute(PASS) != null && !turns.mayDisclose()) {
            throw new RefusedException(new Refusal.Unavailable(
                    "The database cannot be reached, and what may be disclosed is not known; ask again", AGAIN));
        }
        if (http.getAttribute(WRITTEN) != null) {
            // Two that wait do not wait for each other: what they answer is asked about afterwards.
            boolean depends = leave(http);
            await();
            if (depends) {
                enter(http);
            }
        }
    }

    private void await() {
        long end = System.nanoTime() + PATIENCE.toNanos();
        try {
            long turn = turns.draw();
            for (CountDownLatch other : passes.now()) {
                if (!other.await(end - System.nanoTime(), TimeUnit.NANOSECONDS)) {
                    throw stillRunning();
                }
            }
            if (!turns.await(turn, end)) {
                throw stillRunning();
            }
        } catch (DataAccessException e) {
            throw stillRunning();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw stillRunning();
        }
    }

    private static RefusedException stillRunning() {
        return new RefusedException(new Refusal.Unavailable(
                "It is stored, but answers that began before are still on their way; send it again", AGAIN));
    }

    private void enter(HttpServletRequest request) {
        request.setAttribute(PASS, passes.enter());
    }

    private boolean leave(HttpServletRequest request) {
        if (!(request.getAttribute(PASS) instanceof CountDownLatch pass)) {
            return false;
        }
        request.removeAttribute(PASS);
        passes.leave(pass);
        return true;
    }
}
