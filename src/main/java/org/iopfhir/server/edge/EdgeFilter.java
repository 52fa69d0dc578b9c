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
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.ToLongFunction;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Refuses what would cost too much before anything else looks at it. In order: the query, the announced size, the type
 * of the body, its real size while it arrives and unpacks, and then its content in one pass. What passes goes on with
 * its body in memory; what does not is answered here and reaches nobody.
 */
public final class EdgeFilter extends HttpFilter {

    private static final long serialVersionUID = 1L;

    /** HAPI reads no body of any other method, so neither may anything else. */
    static final Set<String> WITH_BODY = Set.of("POST", "PUT", "PATCH");

    private final transient EdgeSettings settings;
    private final transient BodyMemory memory;
    private final transient BodyReader reader;
    private final transient QueryLimits queries;
    private final transient JsonScan json;
    private final transient XmlScan xml;
    private final transient RefusalAnswer answer;
    private final transient ToLongFunction<HttpServletRequest> largest;

    /**
     * @param memory shared with {@link BodyArrival}
     * @param largest bytes of the largest body of whoever sends a request
     * @param fhir   asked for when the first refusal is written
     */
    public EdgeFilter(
            EdgeSettings settings,
            BodyMemory memory,
            ToLongFunction<HttpServletRequest> largest,
            Supplier<FhirContext> fhir) {
        EdgeSettings.Content content = settings.content();
        NumberLimit numbers = new NumberLimit(content.maxNumberLength(), content.maxExponent());
        this.settings = settings;
        this.memory = memory;
        this.largest = largest;
        this.reader = new BodyReader(settings.body());
        this.queries = new QueryLimits(settings.query(), numbers);
        ElementLimits elements = new ElementLimits(numbers, queries);
        this.json = new JsonScan(content, elements);
        this.xml = new XmlScan(content, elements);
        this.answer = new RefusalAnswer(fhir);
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        RefusalAnswer.keepOutOfCachesAndGuesses(response);
        long most =
                Math.min(largest.applyAsLong(request), settings.body().maxSize().toBytes());
        try (BodyBuffer buffer = new BodyBuffer(memory, unpacked(most))) {
            HttpServletRequest checked;
            try {
                checked = check(request, buffer, most);
            } catch (RefusedException e) {
                buffer.discard();
                answer.refuse(e.refusal(), request, response);
                return;
            }
            chain.doFilter(checked, response);
        }
    }

    /** Whoever may send less may unpack less. */
    private long unpacked(long most) {
        double factor = (double) settings.body().maxUnpacked().toBytes()
                / settings.body().maxSize().toBytes();
        return (long) (most * factor);
    }

    private HttpServletRequest check(HttpServletRequest request, BodyBuffer buffer, long most) throws IOException {
        checkQuery(request.getQueryString());
        checkQuery(request.getHeader("If-None-Exist"));
        if (!WITH_BODY.contains(request.getMethod()) || RefusalAnswer.hasNoBody(request)) {
            return new PlainRequest(request, Body.NONE);
        }
        long announced = request.getContentLengthLong();
        if (announced > most) {
            throw BodyReader.tooLarge(most);
        }
        BodyKind kind = BodyKind.of(request);
        return checkContent(request, kind, body(request, buffer, most));
    }

    private Body body(HttpServletRequest request, BodyBuffer buffer, long most) throws IOException {
        String packing = request.getHeader("Content-Encoding");
        boolean packed = BodyReader.isPacked(packing);
        Object arrived = request.getAttribute(BodyArrival.ATTRIBUTE);
        if (arrived instanceof RefusedException refused) {
            throw refused;
        }
        if (arrived instanceof Body raw && !packed) {
            return raw;
        }
        reader.read(arrived instanceof Body raw ? raw.stream() : request.getInputStream(), packed, buffer, most);
        request.setAttribute(BodyArrival.ATTRIBUTE, buffer.body());
        return buffer.body();
    }

    private HttpServletRequest checkContent(HttpServletRequest request, BodyKind kind, Body body) throws IOException {
        Body text = kind == BodyKind.RAW ? body : body.withoutByteOrderMark();
        boolean patch = request.getMethod().equals("PATCH");
        switch (kind) {
            case JSON, JSON_PATCH -> json.check(text, patch);
            case XML -> xml.check(text);
            case FORM -> {
                return checkForm(request, text);
            }
            case RAW -> {
                // opaque, and held by the size alone
            }
        }
        return new PlainRequest(request, text);
    }

    private HttpServletRequest checkForm(HttpServletRequest request, Body body) {
        Utf8Text.check(body);
        String form = new String(body.bytes(), body.offset(), body.length(), StandardCharsets.UTF_8);
        checkQuery(form);
        return new PlainRequest(request, body, form);
    }

    private void checkQuery(@Nullable String query) {
        if (query != null) {
            queries.check(query);
        }
    }
}
