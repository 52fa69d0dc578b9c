// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.gate;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import org.iopfhir.access.Caller;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;

/** Who sent a request, as the filter has found out. */
public final class RequestCaller {

    private static final String ATTRIBUTE = Caller.class.getName();

    private RequestCaller() {}

    static void set(HttpServletRequest request, Caller caller) {
        request.setAttribute(ATTRIBUTE, caller);
    }

    /** Who sent it; empty for what everybody may ask. */
    public static Optional<Caller> of(HttpServletRequest request) {
        return request.getAttribute(ATTRIBUTE) instanceof Caller caller ? Optional.of(caller) : Optional.empty();
    }

    /**
     * Who sent it; empty when the server asks itself.
     *
     * @throws RefusedException when a client's request came here without one
     */
    public static Optional<Caller> of(@Nullable RequestDetails request) {
        if (request == null || request instanceof SystemRequestDetails) {
            return Optional.empty();
        }
        Optional<Caller> caller =
                request instanceof ServletRequestDetails servlet ? of(servlet.getServletRequest()) : Optional.empty();
        if (caller.isEmpty()) {
            throw new RefusedException(
                    new Refusal.Unauthenticated("An access token is needed", "Bearer realm=\"fhir\""));
        }
        return caller;
    }
}
