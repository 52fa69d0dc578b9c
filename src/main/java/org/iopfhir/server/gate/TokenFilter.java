// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.gate;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import org.iopfhir.access.Caller;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.iopfhir.server.edge.ClientRate;
import org.iopfhir.server.edge.RateFilter;
import org.iopfhir.server.edge.RefusalAnswer;

/** Lets nobody in whose access token is not good, before anything of his request is read but the head. */
public final class TokenFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private final transient TokenCheck check;
    private final transient RefusalAnswer answer;
    private final transient Bases bases;
    private final transient ClientRate rate;
    private final Set<String> open;

    /**
     * @param bases says the FHIR base of a request
     * @param rate  holds each client to its share
     * @param open  paths that everybody may GET, exactly as they stand in the request line
     */
    public TokenFilter(TokenCheck check, RefusalAnswer answer, Bases bases, ClientRate rate, Set<String> open) {
        this.check = check;
        this.answer = answer;
        this.bases = bases;
        this.rate = rate;
        this.open = Set.copyOf(open);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RefusalAnswer.keepOutOfCachesAndGuesses(response);
        ClientRate.Permit permit;
        try {
            permit = enter(request);
        } catch (RefusedException e) {
            answer.refuse(e.refusal(), request, response);
            return;
        }
        try (permit) {
            chain.doFilter(request, response);
        }
    }

    /** A good token counts for its client, wherever it comes from; whoever has none shares the rate of his address. */
    private ClientRate.Permit enter(HttpServletRequest request) {
        if (isOpen(request)) {
            return rate.enter(RateFilter.byAddress(request));
        }
        Caller caller;
        try {
            caller = caller(request);
        } catch (RefusedException e) {
            rate.enter(RateFilter.byAddress(request)).close();
            throw e;
        }
        RequestCaller.set(request, caller);
        return rate.enter(
                TokenCheck.isAnybody(caller)
                        ? RateFilter.byAddress(request)
                        : "client " + caller.party().client());
    }

    private boolean isOpen(HttpServletRequest request) {
        return READING.contains(request.getMethod()) && open.contains(request.getRequestURI());
    }

    private Caller caller(HttpServletRequest request) {
        String query = request.getQueryString();
        if (query != null && query.matches("(?i)(.*&)?access_?token=.*")) {
            // It would stand in logs and histories; RFC 6750 advises against it.
            throw new RefusedException(new Refusal.Unauthenticated(
                    "An access token must be sent in the header Authorization",
                    "Bearer realm=\"fhir\", error=\"invalid_request\""));
        }
        List<String> authorization = Collections.list(request.getHeaders("Authorization"));
        return check.caller(authorization, bases.of(request.getScheme(), authority(request)));
    }

    private static String authority(HttpServletRequest request) {
        return request.getServerName() + ":" + request.getServerPort();
    }
}
