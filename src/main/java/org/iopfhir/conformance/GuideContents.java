// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Complete the ImplementationGuide with the list of what is in the package: every artifact, and every example with the
 * profile that it shows.
 *
 * @see <a href="http://hl7.org/fhir/R4/implementationguide.html">FHIR R4 ImplementationGuide</a>
 */
final class GuideContents {
    private static final String PROFILES = "https://iop-fhir.org/fhir/StructureDefinition/";

    private final ObjectMapper json = new ObjectMapper();
    private final SortedMap<String, ObjectNode> artifacts = new TreeMap<>();
    private final SortedMap<String, ObjectNode> examples = new TreeMap<>();

    void addArtifact(byte[] content) throws IOException {
        JsonNode resource = json.readTree(content);
        ObjectNode entry = entry(
                resource, resource.path("title").asText(resource.path("name").asText()));
        if (resource.hasNonNull("description")) {
            entry.put("description", resource.get("description").asText());
        }
        artifacts.put(reference(resource), entry.put("exampleBoolean", false));
    }

    /**
     * Add an example.
     *
     * @param profile id of the profile that it shows; empty for a story or a resource of base R4
     * @param name    what it shows
     */
    void addExample(byte[] content, String profile, String name) throws IOException {
        JsonNode resource = json.readTree(content);
        ObjectNode entry = entry(resource, name);
        examples.put(
                reference(resource),
                profile.isEmpty()
                        ? entry.put("exampleBoolean", true)
                        : entry.put("exampleCanonical", PROFILES + profile));
    }

    /** Return the guide with its definition. */
    byte[] complete(byte[] guide) throws IOException {
        ObjectNode complete = (ObjectNode) json.readTree(guide);
        var resources = complete.putObject("definition").putArray("resource");
        resources.addAll(artifacts.values()).addAll(examples.values());
        return json.writerWithDefaultPrettyPrinter().writeValueAsBytes(complete);
    }

    private ObjectNode entry(JsonNode resource, String name) {
        ObjectNode entry = json.createObjectNode();
        entry.putObject("reference").put("reference", reference(resource));
        return entry.put("name", name);
    }

    private static String reference(JsonNode resource) {
        return resource.path("resourceType").asText() + "/"
                + resource.path("id").asText();
    }
}
