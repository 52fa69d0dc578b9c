// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.parser.json.BaseJsonLikeWriter;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.util.ArrayDeque;
import java.util.Deque;
import org.hl7.fhir.utilities.json.model.JsonArray;
import org.hl7.fhir.utilities.json.model.JsonBoolean;
import org.hl7.fhir.utilities.json.model.JsonElement;
import org.hl7.fhir.utilities.json.model.JsonLocationData;
import org.hl7.fhir.utilities.json.model.JsonNull;
import org.hl7.fhir.utilities.json.model.JsonNumber;
import org.hl7.fhir.utilities.json.model.JsonObject;
import org.hl7.fhir.utilities.json.model.JsonString;
import org.jspecify.annotations.Nullable;

/**
 * Takes what HAPI writes of a resource as the tree that HL7's library would read from it, without a text between them.
 * The lines and columns in the messages of HL7's validator mean nothing then.
 */
final class JsonTree extends BaseJsonLikeWriter {
    private static final JsonLocationData NOWHERE = new JsonLocationData(1, 1);

    private final JsonObject root = placed(new JsonObject());
    private final Deque<JsonElement> open = new ArrayDeque<>();

    /** What was written so far. */
    JsonObject root() {
        return root;
    }

    @Override
    public BaseJsonLikeWriter init() {
        return this;
    }

    @Override
    public BaseJsonLikeWriter flush() {
        return this;
    }

    @Override
    public void close() {
        open.clear();
    }

    @Override
    public BaseJsonLikeWriter beginObject() {
        if (open.isEmpty()) {
            open.push(root);
            return this;
        }
        return begin(new JsonObject(), null);
    }

    @Override
    public BaseJsonLikeWriter beginObject(String name) {
        return begin(new JsonObject(), name);
    }

    @Override
    public BaseJsonLikeWriter beginArray(String name) {
        return begin(new JsonArray(), name);
    }

    @Override
    public BaseJsonLikeWriter write(String value) {
        return add(null, new JsonString(value));
    }

    @Override
    public BaseJsonLikeWriter write(BigInteger value) {
        return add(null, new JsonNumber(value.toString()));
    }

    @Override
    public BaseJsonLikeWriter write(BigDecimal value) {
        return add(null, new JsonNumber(value.toString()));
    }

    @Override
    public BaseJsonLikeWriter write(long value) {
        return add(null, new JsonNumber(value));
    }

    @Override
    public BaseJsonLikeWriter write(double value) {
        return add(null, new JsonNumber(Double.toString(value)));
    }

    @Override
    public BaseJsonLikeWriter write(Boolean value) {
        return add(null, new JsonBoolean(value));
    }

    @Override
    public BaseJsonLikeWriter write(boolean value) {
        return add(null, new JsonBoolean(value));
    }

    @Override
    public BaseJsonLikeWriter writeNull() {
        return add(null, new JsonNull());
    }

    @Override
    public BaseJsonLikeWriter write(String name, String value) {
        return add(name, new JsonString(value));
    }

    @Override
    public BaseJsonLikeWriter write(String name, BigInteger value) {
        return add(name, new JsonNumber(value.toString()));
    }

    @Override
    public BaseJsonLikeWriter write(String name, BigDecimal value) {
        return add(name, new JsonNumber(value.toString()));
    }

    @Override
    public BaseJsonLikeWriter write(String name, long value) {
        return add(name, new JsonNumber(value));
    }

    @Override
    public BaseJsonLikeWriter write(String name, double value) {
        return add(name, new JsonNumber(Double.toString(value)));
    }

    @Override
    public BaseJsonLikeWriter write(String name, Boolean value) {
        return add(name, new JsonBoolean(value));
    }

    @Override
    public BaseJsonLikeWriter write(String name, boolean value) {
        return add(name, new JsonBoolean(value));
    }

    @Override
    public BaseJsonLikeWriter endObject() {
        return endBlock();
    }

    @Override
    public BaseJsonLikeWriter endArray() {
        return endBlock();
    }

    @Override
    public BaseJsonLikeWriter endBlock() {
        open.pop();
        return this;
    }

    private BaseJsonLikeWriter begin(JsonElement container, @Nullable String name) {
        add(name, container);
        open.push(container);
        return this;
    }

    private BaseJsonLikeWriter add(@Nullable String name, JsonElement value) {
        JsonElement around = open.element();
        if (around instanceof JsonArray array) {
            array.addForParser(placed(value), false, false);
        } else {
            ((JsonObject) around).addForParser(name, placed(value), false, false, false);
        }
        return this;
    }

    private static <T extends JsonElement> T placed(T element) {
        element.setStart(NOWHERE);
        element.setEnd(NOWHERE);
        return element;
    }
}
