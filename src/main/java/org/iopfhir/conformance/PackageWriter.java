// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.Deflater;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorOutputStream;
import org.apache.commons.compress.compressors.gzip.GzipParameters;

/**
 * Write an NPM-style FHIR package: files sorted by name and without times, so that equal content is equal bytes.
 *
 * @see <a href="https://confluence.hl7.org/display/FHIR/NPM+Package+Specification">NPM package specification</a>
 */
final class PackageWriter {
    /** What an index of a package says of each file, in this order. */
    private static final List<String> INDEXED = List.of(
            "resourceType", "id", "url", "version", "kind", "type", "supplements", "content", "valueSet", "derivation");

    private final ObjectMapper json = new ObjectMapper();
    private final SortedMap<String, byte[]> files = new TreeMap<>();
    private final SortedMap<String, SortedMap<String, ObjectNode>> indexes = new TreeMap<>();

    void addFile(String path, byte[] content) {
        if (files.put(path, content) != null) {
            throw new IllegalStateException("Two files of the package would be " + path);
        }
    }

    /** Add a resource in JSON; it is named after its type and id. */
    void addResource(String folder, byte[] content) throws IOException {
        JsonNode resource = json.readTree(content);
        String name = resource.path("resourceType").asText() + "-"
                + resource.path("id").asText() + ".json";
        addFile(folder + name, content);
        ObjectNode entry = json.createObjectNode().put("filename", name);
        for (String field : INDEXED) {
            if (resource.path(field).isTextual()) {
                entry.put(field, resource.get(field).asText());
            }
        }
        indexes.computeIfAbsent(folder, f -> new TreeMap<>()).put(name, entry);
    }

    byte[] toTgz() throws IOException {
        for (Map.Entry<String, SortedMap<String, ObjectNode>> index : indexes.entrySet()) {
            ObjectNode content = json.createObjectNode().put("index-version", 2);
            content.putArray("files").addAll(index.getValue().values());
            addFile(index.getKey() + ".index.json", json.writeValueAsBytes(content));
        }
        GzipParameters gzip = new GzipParameters();
        gzip.setCompressionLevel(Deflater.BEST_COMPRESSION);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (TarArchiveOutputStream tar =
                new TarArchiveOutputStream(new GzipCompressorOutputStream(bytes, gzip), "UTF-8")) {
            tar.setLongFileMode(TarArchiveOutputStream.LONGFILE_POSIX);
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                TarArchiveEntry entry = new TarArchiveEntry(file.getKey());
                entry.setSize(file.getValue().length);
                entry.setModTime(0);
                tar.putArchiveEntry(entry);
                tar.write(file.getValue());
                tar.closeArchiveEntry();
            }
        }
        return bytes.toByteArray();
    }
}
