// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * Read of a file of the package only what a start needs. The whole would be megabytes of elements that most servers are
 * never asked for.
 */
final class Glance {
    private static final Set<String> ELEMENTS = Set.of("snapshot", "differential");

    private static final ObjectMapper JSON = new ObjectMapper();

    private Glance() {}

    /** Return a structure definition without its elements, as JSON. */
    static String outline(byte[] definition) {
        ObjectNode outline = JSON.createObjectNode();
        try (JsonParser in = JSON.createParser(definition)) {
            in.nextToken();
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                in.nextToken();
                if (ELEMENTS.contains(field)) {
                    in.skipChildren();
                } else {
                    outline.set(field, JSON.<JsonNode>readTree(in));
                }
            }
            return JSON.writeValueAsString(outline);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Return the id of the first patient in a Bundle.
     *
     * @throws IllegalArgumentException when there is none
     */
    static String patientOf(byte[] bundle) {
        try (JsonParser in = JSON.createParser(bundle)) {
            in.nextToken();
            for (String field = in.nextFieldName(); field != null; field = in.nextFieldName()) {
                in.nextToken();
                if (!field.equals("entry")) {
                    in.skipChildren();
                    continue;
                }
                while (in.nextToken() == JsonToken.START_OBJECT) {
                    JsonNode resource = JSON.<JsonNode>readTree(in).path("resource");
                    if (resource.path("resourceType").asText().equals("Patient")) {
                        return resource.path("id").asText();
                    }
                }
            }
            throw new IllegalArgumentException("A story has no patient");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Return the first example that an implementation guide names of each profile: canonical URL to literal reference. */
    static Map<String, String> exampleOfProfile(byte[] guide) {
        Map<String, String> examples = new HashMap<>();
        try {
            for (JsonNode listed : JSON.readTree(guide).path("definition").path("resource")) {
                if (listed.hasNonNull("exampleCanonical")) {
                    examples.putIfAbsent(
                            listed.get("exampleCanonical").asText(),
                            listed.path("reference").path("reference").asText());
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return examples;
    }
}
