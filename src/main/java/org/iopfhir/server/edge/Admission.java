// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import ca.uhn.fhir.context.FhirContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.iopfhir.outcome.Refusal;

/**
 * Lets fewer requests into HAPI than there are database connections; the others wait in their order.
 *
 * <p>HAPI takes a second connection in the middle of a write, for a tag or a profile that it sees for the first time.
 * When as many writers as there are connections hold one and wait for another, none gets it, and all of them fail.
 */
public final class Admission extends HttpFilter {

    private static final long serialVersionUID = 1L;
    private static final Duration RETRY_AFTER = Duration.ofSeconds(2);

    private final transient Semaphore places;
    private final transient Duration patience;
    private final transient RefusalAnswer answer;

    /**
     * @param places   how many requests are let in, fewer than the pool has connections
     * @param patience how long a request waits for its turn before it is answered 503
     */
    public Admission(int places, Duration patience, Supplier<FhirContext> fhir) {
        this.places = new Semaphore(places, true);
        this.patience = patience;
        this.answer = new RefusalAnswer(fhir);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!hasPlace()) {
            answer.write(new Refusal.Unavailable("Too many requests at once", RETRY_AFTER), request, response);
            return;
        }
        try {
            chain.doFilter(request, response);
        } finally {
            places.release();
        }
    }

    private boolean hasPlace() {
        try {
            return places.tryAcquire(patience.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
