// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.IParser;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Writes a refusal as a FHIR client expects it, for a request that HAPI never sees. */
public final class RefusalAnswer {

    private static final Pattern FORMAT = Pattern.compile("(?:^|&)_format=([^&]*)");

    private final Supplier<FhirContext> fhir;

    /** @param fhir asked for when the first refusal is written */
    public RefusalAnswer(Supplier<FhirContext> fhir) {
        this.fhir = fhir;
    }

    /** Set first, so that whoever serves something that may be kept can say so. */
    public static void keepOutOfCachesAndGuesses(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Referrer-Policy", "no-referrer");
    }

    /** Write it, and deal with a body that was announced and not read. */
    public void refuse(Refusal refusal, HttpServletRequest request, HttpServletResponse response) throws IOException {
        Object arrived = request.getAttribute(BodyArrival.ATTRIBUTE);
        boolean unread =
                EdgeFilter.WITH_BODY.contains(request.getMethod()) && !hasNoBody(request) && !(arrived instanceof Body);
        if (unread) {
            response.setHeader("Connection", "close");
        }
        write(refusal, request, response);
        boolean gaveUp = refusal instanceof Refusal.TooSlow
                || (refusal instanceof Refusal.Malformed && arrived instanceof RefusedException);
        if (unread && !gaveUp) {
            UnreadBody.drain(request);
        }
    }

    static boolean hasNoBody(HttpServletRequest request) {
        long length = request.getContentLengthLong();
        return length == 0 || (length < 0 && request.getHeader("Transfer-Encoding") == null);
    }

    void write(Refusal refusal, HttpServletRequest request, HttpServletResponse response) throws IOException {
        FailureTranslation.Answer answer = FailureTranslation.answer(refusal);
        boolean xml = wantsXml(request.getQueryString(), request.getHeader("Accept"));
        IParser parser = xml ? fhir.get().newXmlParser() : fhir.get().newJsonParser();
        byte[] body = parser.encodeResourceToString(answer.outcome()).getBytes(StandardCharsets.UTF_8);
        response.setStatus(answer.status());
        answer.headers().forEach(response::setHeader);
        response.setContentType(xml ? "application/fhir+xml;charset=UTF-8" : "application/fhir+json;charset=UTF-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
        response.flushBuffer();
    }

    /** JSON unless XML is asked for; {@code _format} comes before {@code Accept}. */
    static boolean wantsXml(@Nullable String query, @Nullable String accept) {
        Matcher format = FORMAT.matcher(query == null ? "" : query);
        if (format.find()) {
            return format.group(1).contains("xml");
        }
        double xml = 0;
        double json = 0;
        for (MediaType type : types(accept)) {
            if (type.getSubtype().endsWith("xml")) {
                xml = Math.max(xml, type.getQualityValue());
            } else if (type.getSubtype().endsWith("json") || type.isWildcardType()) {
                json = Math.max(json, type.getQualityValue());
            }
        }
        return xml > json;
    }

    private static List<MediaType> types(@Nullable String accept) {
        try {
            return MediaType.parseMediaTypes(accept);
        } catch (InvalidMediaTypeException e) {
            return List.of();
        }
    }
}
