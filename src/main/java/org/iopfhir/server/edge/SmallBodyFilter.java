// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import ca.uhn.fhir.context.FhirContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.function.Supplier;
import org.iopfhir.outcome.RefusedException;

/** Takes no more of whoever is not known yet than the forms of sign-in need. */
public final class SmallBodyFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    private static final String FORM = "application/x-www-form-urlencoded";

    private final transient BodyMemory memory;
    private final transient BodyReader reader;
    private final transient RefusalAnswer answer;
    private final long most;

    public SmallBodyFilter(EdgeSettings settings, BodyMemory memory, Supplier<FhirContext> fhir) {
        this.memory = memory;
        this.reader = new BodyReader(settings.body());
        this.answer = new RefusalAnswer(fhir);
        this.most = settings.body().maxUnauthenticated().toBytes();
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        if (!EdgeFilter.WITH_BODY.contains(request.getMethod()) || RefusalAnswer.hasNoBody(request)) {
            chain.doFilter(request, response);
            return;
        }
        try (BodyBuffer buffer = new BodyBuffer(memory, most)) {
            HttpServletRequest plain;
            try {
                plain = plain(request, buffer);
            } catch (RefusedException e) {
                buffer.discard();
                answer.refuse(e.refusal(), request, response);
                return;
            }
            chain.doFilter(plain, response);
        }
    }

    private HttpServletRequest plain(HttpServletRequest request, BodyBuffer buffer) throws IOException {
        if (request.getContentLengthLong() > most) {
            throw BodyReader.tooLarge(most);
        }
        reader.read(request.getInputStream(), false, buffer, most);
        Body body = buffer.body();
        String type = String.valueOf(request.getContentType()).toLowerCase(Locale.ROOT);
        if (!type.startsWith(FORM)) {
            return new PlainRequest(request, body);
        }
        return new PlainRequest(
                request, body, new String(body.bytes(), body.offset(), body.length(), StandardCharsets.UTF_8));
    }
}
