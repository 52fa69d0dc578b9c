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
import org.jspecify.annotations.Nullable;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;

/** Writes a refusal as a FHIR client expects it, for a request that HAPI never sees. */
final class RefusalAnswer {

    private static final Pattern FORMAT = Pattern.compile("(?:^|&)_format=([^&]*)");

    private final Supplier<FhirContext> fhir;

    RefusalAnswer(Supplier<FhirContext> fhir) {
        this.fhir = fhir;
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
