// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.cfg.JsonNodeFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Compares what was sent with what is read, as JSON and digit by digit, apart from {@code id}, {@code meta} and
 * references: those must lead to what they meant.
 */
final class RoundTrip {

    static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .disable(JsonNodeFeature.STRIP_TRAILING_BIGDECIMAL_ZEROES)
            .build();

    /** {@code urn:uuid:...} and {@code Type?identifier=...} to {@code Type/id}. */
    private final Map<String, String> meanings = new HashMap<>();

    /** Learn from a transaction what its references meant. */
    void learn(JsonNode transaction, JsonNode response) {
        for (int i = 0; i < transaction.path("entry").size(); i++) {
            JsonNode entry = transaction.path("entry").get(i);
            String location = location(response, i);
            meanings.put(entry.path("fullUrl").asText(), location);
            String type = entry.path("resource").path("resourceType").asText();
            for (JsonNode identifier : entry.path("resource").path("identifier")) {
                String token = identifier.path("system").asText() + "|"
                        + identifier.path("value").asText();
                meanings.put(type + "?identifier=" + token, location);
            }
        }
    }

    /** {@code Type/id} of the {@code i}th entry of a transaction response. */
    static String location(JsonNode response, int i) {
        String location =
                response.path("entry").path(i).path("response").path("location").asText();
        int history = location.indexOf("/_history");
        return history < 0 ? location : location.substring(0, history);
    }

    /** The first difference between a resource as it was sent and as it is read, if there is one. */
    Optional<String> difference(JsonNode sent, JsonNode read) {
        ObjectNode expected = sent.deepCopy();
        ObjectNode actual = read.deepCopy();
        expected.remove("id");
        expected.remove("meta");
        actual.remove("id");
        actual.remove("meta");
        return difference("", resolve(expected), actual);
    }

    private JsonNode resolve(JsonNode node) {
        if (node instanceof ObjectNode object) {
            String reference = object.path("reference").asText();
            if (reference.startsWith("urn:uuid:") || reference.contains("?")) {
                object.set("reference", TextNode.valueOf(meanings.getOrDefault(reference, "unknown " + reference)));
            }
        }
        node.forEach(this::resolve);
        return node;
    }

    private static Optional<String> difference(String path, JsonNode expected, JsonNode actual) {
        if (expected.isObject() && actual.isObject()) {
            for (Map.Entry<String, JsonNode> field : expected.properties()) {
                Optional<String> found =
                        difference(path + "." + field.getKey(), field.getValue(), actual.path(field.getKey()));
                if (found.isPresent()) {
                    return found;
                }
            }
            return sameSize(path, expected, actual);
        }
        if (expected.isArray() && actual.isArray()) {
            for (int i = 0; i < expected.size(); i++) {
                Optional<String> found = difference(path + "[" + i + "]", expected.get(i), actual.path(i));
                if (found.isPresent()) {
                    return found;
                }
            }
            return sameSize(path, expected, actual);
        }
        return expected.toString().equals(actual.toString())
                ? Optional.empty()
                : Optional.of(path + ": sent " + shown(expected) + ", read " + shown(actual));
    }

    private static Optional<String> sameSize(String path, JsonNode expected, JsonNode actual) {
        return expected.size() == actual.size()
                ? Optional.empty()
                : Optional.of(path + ": sent " + shown(expected) + ", read " + shown(actual));
    }

    private static String shown(JsonNode node) {
        String text = node.isMissingNode() ? "nothing" : node.toString();
        return text.length() > 300 ? text.substring(0, 300) + "..." : text;
    }

    static JsonNode parse(String text) {
        try {
            return JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException(e);
        }
    }
}
