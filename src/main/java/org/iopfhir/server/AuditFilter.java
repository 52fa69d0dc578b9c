// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Set;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes down what the filters behind it have refused, which HAPI never sees. Nothing is shown in such an answer, so it
 * need not wait for the journal. What is refused only because it is too much is logged and not written down: nothing was
 * decided about it, and writing costs more than serving.
 */
final class AuditFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(AuditFilter.class);

    private static final int FAILED = 400;
    private static final Set<Integer> TOO_MUCH = Set.of(429, 503);

    private final transient Supplier<AuditHook> audit;

    AuditFilter(Supplier<AuditHook> audit) {
        this.audit = audit;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        chain.doFilter(request, response);
        int status = response.getStatus();
        boolean refused = status >= FAILED && !TOO_MUCH.contains(status);
        if (refused
                && !AuditedRequest.isRecorded(request)
                && !request.getMethod().equals("OPTIONS")) {
            try {
                audit.get().recordRefusal(request, status);
            } catch (RuntimeException e) {
                LOG.error(
                        "refusal-not-recorded status={} failure={}",
                        status,
                        e.getClass().getName());
            }
        }
    }
}
