// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import jakarta.servlet.http.HttpServletRequest;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;
import org.springframework.util.InvalidMimeTypeException;
import org.springframework.util.MimeType;

/**
 * What a body is, by its Content-Type and by where it is sent.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#mime-type">Content types of FHIR</a>
 */
enum BodyKind {
    JSON,
    XML,
    JSON_PATCH,
    FORM,
    /** Content of a Binary in its own type, which nobody parses. */
    RAW;

    private static final Map<String, BodyKind> TYPES = Map.of(
            "application/fhir+json", JSON,
            "application/json+fhir", JSON,
            "application/json", JSON,
            "text/json", JSON,
            "application/fhir+xml", XML,
            "application/xml+fhir", XML,
            "application/xml", XML,
            "text/xml", XML,
            "application/json-patch+json", JSON_PATCH,
            "application/x-www-form-urlencoded", FORM);

    private static final Pattern BINARY = Pattern.compile("/Binary(/[^/]*)?");

    /** HAPI parses these, on a Binary, too; the server speaks neither. */
    private static final Pattern PARSED_BY_HAPI = Pattern.compile(".*(turtle|ndjson|fhir).*");

    /**
     * The kind of the body of {@code request}.
     *
     * @throws RefusedException when the server does not read that type there
     */
    static BodyKind of(HttpServletRequest request) {
        MimeType type = parse(request.getContentType());
        String path = request.getPathInfo() == null ? "" : request.getPathInfo();
        boolean patch = request.getMethod().equals("PATCH");
        BodyKind kind = TYPES.get(type.getType() + "/" + type.getSubtype());
        boolean readable = kind != null
                && switch (kind) {
                    case FORM -> path.endsWith("/_search");
                    case JSON_PATCH -> patch;
                    default -> !path.endsWith("/_search");
                };
        if (kind != null && readable) {
            demandUtf8(type);
            return kind;
        }
        boolean opaque = !PARSED_BY_HAPI.matcher(type.getSubtype()).matches();
        if (BINARY.matcher(path).matches() && !patch && opaque) {
            return RAW;
        }
        throw unsupported(
                path.endsWith("/_search")
                        ? "The body of a _search must be application/x-www-form-urlencoded"
                        : "A body must be application/fhir+json or application/fhir+xml, and of a patch it may be"
                                + " application/json-patch+json");
    }

    private static MimeType parse(@Nullable String header) {
        if (header == null || header.isBlank()) {
            throw unsupported("A body needs a Content-Type, such as application/fhir+json");
        }
        try {
            return MimeType.valueOf(header.toLowerCase(Locale.ROOT));
        } catch (InvalidMimeTypeException e) {
            throw unsupported("The Content-Type cannot be read");
        }
    }

    /** FHIR is UTF-8. Under another charset HAPI would read other characters than were checked here. */
    private static void demandUtf8(MimeType type) {
        if (type.getCharset() != null
                && !type.getCharset().equals(StandardCharsets.UTF_8)
                && !type.getCharset().equals(StandardCharsets.US_ASCII)) {
            throw unsupported("The charset of a body must be UTF-8");
        }
    }

    private static RefusedException unsupported(String text) {
        return new RefusedException(new Refusal.UnsupportedMedia(text));
    }
}
