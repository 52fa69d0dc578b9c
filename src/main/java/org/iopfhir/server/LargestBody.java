// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Function;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.Request;
import org.iopfhir.access.Caller;
import org.iopfhir.server.gate.Bases;
import org.iopfhir.server.gate.RequestCaller;
import org.iopfhir.server.gate.TokenCheck;

/**
 * How many bytes the body of a request may have, by the client that sends it.
 *
 * @param general   of every client; none may send more
 * @param ofClients of those that are registered with less, by their id
 */
record LargestBody(long general, Function<String, OptionalLong> ofClients, TokenCheck tokens, Bases bases) {

    /** 0 when nobody known sends it, so that nothing of it is read. */
    long of(Request request) {
        HttpURI uri = request.getHttpURI();
        String base = bases.of(String.valueOf(uri.getScheme()), String.valueOf(uri.getAuthority()));
        return tokens.known(request.getHeaders().getValuesList(HttpHeader.AUTHORIZATION), base)
                .map(this::of)
                .orElse(0L);
    }

    long of(HttpServletRequest request) {
        Optional<Caller> caller = RequestCaller.of(request);
        return caller.map(this::of).orElse(general);
    }

    private long of(Caller caller) {
        return Math.min(general, ofClients.apply(caller.party().client()).orElse(general));
    }
}
