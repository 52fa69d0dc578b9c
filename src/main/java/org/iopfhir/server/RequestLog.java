// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.micrometer.core.instrument.Timer;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notes each request for the operator: what kind of interaction, on which type, with which answer, in how long. Never
 * the URL, an id, a parameter or a body, since each of them may name a patient.
 */
@Interceptor
public final class RequestLog extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final Logger LOG = LoggerFactory.getLogger(RequestLog.class);

    private static final String INTERACTION = RequestLog.class.getName() + ".interaction";
    private static final String TYPE = RequestLog.class.getName() + ".type";
    private static final String REQUEST_ID = RequestLog.class.getName() + ".id";
    private static final String NONE = "none";

    private final transient MeterRegistry meters;

    RequestLog(MeterRegistry meters) {
        this.meters = meters;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        Timer.Sample sample = Timer.start(meters);
        try {
            chain.doFilter(request, response);
        } finally {
            note(request, response, sample);
        }
    }

    /** HAPI knows what is asked only after it has parsed the path; the filter reads it from here. */
    @Hook(value = Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED, order = Stage.Order.IDENTIFY)
    public void identify(RequestDetails request) {
        if (request instanceof ServletRequestDetails servlet) {
            HttpServletRequest http = servlet.getServletRequest();
            http.setAttribute(
                    INTERACTION, String.valueOf(request.getRestOperationType()).toLowerCase(java.util.Locale.ROOT));
            http.setAttribute(TYPE, request.getResourceName() == null ? NONE : request.getResourceName());
            http.setAttribute(REQUEST_ID, request.getRequestId());
        }
    }

    /** The id by which HAPI knows a request; {@code null} before it has read it. */
    static @Nullable String requestId(HttpServletRequest request) {
        Object id = request.getAttribute(REQUEST_ID);
        return id == null ? null : id.toString();
    }

    private void note(HttpServletRequest request, HttpServletResponse response, Timer.Sample sample) {
        String interaction = text(request, INTERACTION);
        String type = text(request, TYPE);
        String status = Integer.toString(response.getStatus());
        Timer timer =
                meters.timer("fhir.requests", Tags.of("interaction", interaction, "type", type, "status", status));
        long nanos = sample.stop(timer);
        LOG.info(
                "request id={} interaction={} type={} status={} ms={}",
                text(request, REQUEST_ID),
                interaction,
                type,
                status,
                nanos / 1_000_000);
    }

    private static String text(HttpServletRequest request, String attribute) {
        Object value = request.getAttribute(attribute);
        return value == null ? NONE : value.toString();
    }
}
