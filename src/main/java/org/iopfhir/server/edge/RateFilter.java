// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.iopfhir.outcome.RefusedException;

/** Holds whoever needs no token to the rate of a client, by his address. */
public final class RateFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private final transient ClientRate rate;
    private final transient RefusalAnswer answer;

    public RateFilter(ClientRate rate, RefusalAnswer answer) {
        this.rate = rate;
        this.answer = answer;
    }

    /** A client by its address. */
    public static String byAddress(HttpServletRequest request) {
        return "address " + Networks.household(String.valueOf(request.getRemoteAddr()));
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        ClientRate.Permit permit;
        try {
            permit = rate.enter(byAddress(request));
        } catch (RefusedException e) {
            answer.refuse(e.refusal(), request, response);
            return;
        }
        try (permit) {
            chain.doFilter(request, response);
        }
    }
}
