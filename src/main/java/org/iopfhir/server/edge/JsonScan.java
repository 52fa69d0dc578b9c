// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonStreamContext;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.exc.StreamConstraintsException;
import java.io.IOException;
import java.nio.CharBuffer;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.jspecify.annotations.Nullable;

/**
 * Goes once through a JSON body and holds it to the limits, without building anything of it: numbers are judged by
 * their text, and text that is of no interest is not even decoded.
 */
final class JsonScan {

    /** Longest name of an element in FHIR is far below; Jackson keeps names in a table. */
    private static final int MAX_NAME = 256;

    /** No type of R4 has as many elements. Each name is remembered to find a second one, so they are not free. */
    private static final int MAX_NAMES = 500;

    private final EdgeSettings.Content limits;
    private final ElementLimits elements;
    private final JsonFactory json;

    JsonScan(EdgeSettings.Content limits, ElementLimits elements) {
        this.limits = limits;
        this.elements = elements;
        this.json = JsonFactory.builder()
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(limits.maxJsonDepth())
                        .maxNumberLength(limits.maxNumberLength())
                        .maxNameLength(MAX_NAME)
                        .maxStringLength(Integer.MAX_VALUE)
                        .build())
                .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                .build();
    }

    /**
     * Check {@code body}.
     *
     * @param patch whether it is a patch, where any text may become a number
     * @throws RefusedException when it is over a limit or not well-formed
     */
    void check(Body body, boolean patch) throws IOException {
        Utf8Text.check(body);
        Utf8Text.checkNoEscapedNul(body);
        try (JsonParser parser = json.createParser(body.bytes(), body.offset(), body.length())) {
            demandContainer(parser.nextToken(), patch);
            int entries = 0;
            while (parser.nextToken() != null && !parser.getParsingContext().inRoot()) {
                entries += isEntry(parser) ? 1 : 0;
                if (entries > limits.maxEntries()) {
                    throw new RefusedException(new Refusal.TooLarge("A Bundle may have at most " + limits.maxEntries()
                            + " entries; send it as several Bundles"));
                }
                checkToken(parser, body, patch);
            }
            if (parser.nextToken() != null) {
                throw malformed("A body must be one JSON document; another starts", parser.currentTokenLocation());
            }
        } catch (StreamConstraintsException e) {
            throw malformed(
                    "Nesting may be at most " + limits.maxJsonDepth() + " deep, a number at most "
                            + limits.maxNumberLength() + " and a name at most " + MAX_NAME + " characters long",
                    e.getLocation());
        } catch (JacksonException e) {
            // Jackson's own message quotes the body.
            throw malformed("The JSON is not well-formed, or has a key twice in one object,", e.getLocation());
        }
    }

    private static void demandContainer(@Nullable JsonToken first, boolean patch) {
        if (first != JsonToken.START_OBJECT && !(patch && first == JsonToken.START_ARRAY)) {
            throw new RefusedException(new Refusal.Malformed("A JSON body must be one object"));
        }
    }

    private void checkToken(JsonParser parser, Body body, boolean patch) throws IOException {
        JsonToken token = parser.currentToken();
        if (token == JsonToken.START_ARRAY && isWithinArray(parser.getParsingContext())) {
            // HAPI would drop the inner one, and so lose what is in it.
            throw malformed("An array may not hold an array", parser.currentTokenLocation());
        } else if (token.isNumeric()) {
            checkNumber(parser, parser.getText());
        } else if (token == JsonToken.VALUE_STRING) {
            checkText(parser, body, patch);
        } else if (token == JsonToken.FIELD_NAME && parser.getParsingContext().getCurrentIndex() >= MAX_NAMES) {
            throw malformed("An object may have at most " + MAX_NAMES + " names", parser.currentTokenLocation());
        }
    }

    private void checkText(JsonParser parser, Body body, boolean patch) throws IOException {
        JsonStreamContext object = enclosingObject(parser.getParsingContext());
        String name = object == null ? null : object.getCurrentName();
        JsonStreamContext outer = object == null ? null : enclosingObject(object.getParent());
        String parent = outer == null ? null : outer.getCurrentName();
        if (name != null && elements.concern(name, parent)) {
            try {
                elements.check(name, parent, text(parser));
            } catch (RefusedException e) {
                throw at(e, parser.currentTokenLocation());
            }
        } else if (patch && mayStartNumber(parser, body)) {
            checkNumber(parser, text(parser));
        }
    }

    private void checkNumber(JsonParser parser, CharSequence text) {
        try {
            elements.checkNumber(text);
        } catch (RefusedException e) {
            throw at(e, parser.currentTokenLocation());
        }
    }

    private static CharSequence text(JsonParser parser) throws IOException {
        return CharBuffer.wrap(parser.getTextCharacters(), parser.getTextOffset(), parser.getTextLength());
    }

    /** Letters cannot, an escape may; so most text, and all base64, stays undecoded. */
    private static boolean mayStartNumber(JsonParser parser, Body body) {
        int first = body.offset() + (int) parser.currentTokenLocation().getByteOffset() + 1;
        byte next = body.bytes()[first];
        return !((next >= 'a' && next <= 'z') || (next >= 'A' && next <= 'Z'));
    }

    private static boolean isWithinArray(JsonStreamContext array) {
        JsonStreamContext outer = array.getParent();
        return outer != null && outer.inArray();
    }

    /** Counted at any depth, since a Bundle may come inside a Bundle or Parameters. */
    private static boolean isEntry(JsonParser parser) {
        if (parser.currentToken() != JsonToken.START_OBJECT) {
            return false;
        }
        JsonStreamContext array = parser.getParsingContext().getParent();
        return array != null
                && array.inArray()
                && "entry".equals(array.getParent().getCurrentName());
    }

    private static @Nullable JsonStreamContext enclosingObject(@Nullable JsonStreamContext context) {
        JsonStreamContext at = context;
        while (at != null && !at.inObject()) {
            at = at.getParent();
        }
        return at;
    }

    private static RefusedException at(RefusedException refused, @Nullable JsonLocation location) {
        return refused.refusal() instanceof Refusal.Malformed malformed
                ? malformed(malformed.problems().get(0).text(), location)
                : refused;
    }

    private static RefusedException malformed(String text, @Nullable JsonLocation location) {
        String where =
                location == null ? "" : " at line " + location.getLineNr() + ", column " + location.getColumnNr();
        return new RefusedException(new Refusal.Malformed(text + where));
    }
}
