// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.apache.commons.compress.compressors.gzip.GzipCompressorInputStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.SearchParameter;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Hold the IG package of this project: its profiles with snapshots, terminology, search parameters, examples, stories.
 *
 * <p>Opening it only unpacks it; each artifact is parsed when it is first asked for and then shared. Who gets one must
 * not change it. Safe for use by many threads.
 */
public final class IgPackage {
    /** Where the build puts the package on the class path. */
    public static final String FILE = "iop-fhir.tgz";

    private static final String CONFORMANCE = "package/";
    private static final String EXAMPLES = "package/example/";
    private static final String EXCERPTS = "package/other/";

    private final FhirContext fhir;
    private final JsonNode manifest;
    private final Map<String, byte[]> files;
    private final List<Entry> conformance;
    private final List<Entry> examples;
    private final List<Entry> excerpts;
    private final Map<String, Entry> byUrl;
    private final Map<String, Resource> parsed = new ConcurrentHashMap<>();
    private final Map<String, StructureDefinition> outlines = new ConcurrentHashMap<>();

    /**
     * The whole course of one invented person.
     *
     * @param patient    id of that person
     * @param transaction parses it anew at each call
     */
    public record Story(String patient, Supplier<Bundle> transaction) {}

    /** What the index of the package says of a file. */
    private record Entry(String path, String type, String subtype, String kind, String url) {
        boolean isProfile() {
            return type.equals("StructureDefinition") && kind.equals("resource");
        }

        boolean isStory() {
            return type.equals("Bundle") && subtype.equals("transaction");
        }
    }

    private IgPackage(FhirContext fhir, Map<String, byte[]> files) throws IOException {
        ObjectMapper json = new ObjectMapper();
        this.fhir = fhir;
        this.files = Map.copyOf(files);
        this.manifest = json.readTree(files.get(CONFORMANCE + "package.json"));
        this.conformance = index(json, files, CONFORMANCE);
        this.examples = index(json, files, EXAMPLES);
        this.excerpts = index(json, files, EXCERPTS);
        this.byUrl = conformance.stream().collect(Collectors.toUnmodifiableMap(Entry::url, Function.identity()));
    }

    /** Open the package that this server ships. */
    public static IgPackage fromClassPath(FhirContext fhir) {
        try (InputStream in = IgPackage.class.getResourceAsStream("/" + FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not on the class path; the build makes it");
            }
            return read(fhir, in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Open a package from a stream, which the caller closes. */
    public static IgPackage read(FhirContext fhir, InputStream tgz) throws IOException {
        Map<String, byte[]> files = new LinkedHashMap<>();
        TarArchiveInputStream tar = new TarArchiveInputStream(new GzipCompressorInputStream(tgz));
        for (TarArchiveEntry entry = tar.getNextEntry(); entry != null; entry = tar.getNextEntry()) {
            files.put(entry.getName(), tar.readAllBytes());
        }
        return new IgPackage(fhir, files);
    }

    public String name() {
        return manifest.path("name").asText();
    }

    public String version() {
        return manifest.path("version").asText();
    }

    /** Return whether there is a conformance resource of a type, without reading any. */
    public boolean has(Class<? extends Resource> type) {
        return conformance.stream().anyMatch(entry -> entry.type().equals(type.getSimpleName()));
    }

    /** Return whether there is a conformance resource of a type with this canonical url, without reading any. */
    boolean has(Class<? extends Resource> type, String canonical) {
        return entry(canonical)
                .filter(entry -> entry.type().equals(type.getSimpleName()))
                .isPresent();
    }

    /** Return all conformance resources of a type, in order of their file names. */
    public <T extends Resource> List<T> all(Class<T> type) {
        return conformance.stream()
                .filter(entry -> entry.type().equals(type.getSimpleName()))
                .map(entry -> type.cast(resource(entry)))
                .toList();
    }

    /** Return all conformance resources, in order of their file names. */
    public List<MetadataResource> artifacts() {
        return conformance.stream()
                .map(entry -> (MetadataResource) resource(entry))
                .toList();
    }

    /** Return the conformance resource with this canonical url, with or without the version of this package. */
    public Optional<Resource> find(String canonical) {
        return entry(canonical).map(this::resource);
    }

    private Optional<Entry> entry(String canonical) {
        int bar = canonical.indexOf('|');
        if (bar >= 0 && !canonical.substring(bar + 1).equals(version())) {
            return Optional.empty();
        }
        return Optional.ofNullable(byUrl.get(bar < 0 ? canonical : canonical.substring(0, bar)));
    }

    /** Return the profiles on resources, without the extensions. */
    public List<StructureDefinition> profiles() {
        return conformance.stream()
                .filter(Entry::isProfile)
                .map(entry -> (StructureDefinition) resource(entry))
                .toList();
    }

    /** Return the profiles on resources without their elements: who they are, and when they are required. */
    public List<StructureDefinition> profileOutlines() {
        return conformance.stream().filter(Entry::isProfile).map(this::outline).toList();
    }

    /** Return all profiles and extensions without their elements. */
    List<StructureDefinition> outlines() {
        return conformance.stream()
                .filter(entry -> entry.type().equals("StructureDefinition"))
                .map(this::outline)
                .toList();
    }

    private StructureDefinition outline(Entry entry) {
        return outlines.computeIfAbsent(
                entry.path(),
                path -> fhir.newJsonParser().parseResource(StructureDefinition.class, Glance.outline(content(path))));
    }

    public List<SearchParameter> searchParameters() {
        return all(SearchParameter.class);
    }

    /** Return the parts of code systems of others that are shipped: codes with their displays, never the whole system. */
    public List<CodeSystem> excerpts() {
        return excerpts.stream().map(entry -> (CodeSystem) resource(entry)).toList();
    }

    /** Return the valid examples of the profiles, without the stories: parsed anew at each call, and not kept. */
    public List<Resource> examples() {
        return examples(false).map(entry -> parse(entry.path())).toList();
    }

    /** Return one valid example of each of the profiles with these ids: parsed anew at each call, and not kept. */
    List<Resource> examplesOf(Set<String> profiles) {
        Map<String, String> references = Glance.exampleOfProfile(conformance.stream()
                .filter(entry -> entry.type().equals("ImplementationGuide"))
                .map(entry -> content(entry.path()))
                .findFirst()
                .orElseThrow());
        return profileOutlines().stream()
                .filter(profile -> profiles.contains(profile.getIdElement().getIdPart()))
                .map(profile -> references.get(profile.getUrl()))
                .filter(Objects::nonNull)
                .map(reference -> parse(EXAMPLES + reference.replace('/', '-') + ".json"))
                .toList();
    }

    /** Return the stories, of which only the name of the patient is read. */
    public List<Story> stories() {
        return examples(true)
                .map(entry -> new Story(Glance.patientOf(content(entry.path())), () -> (Bundle) parse(entry.path())))
                .toList();
    }

    private Stream<Entry> examples(boolean stories) {
        return examples.stream().filter(entry -> entry.isStory() == stories);
    }

    private Resource resource(Entry entry) {
        return parsed.computeIfAbsent(entry.path(), this::parse);
    }

    private Resource parse(String path) {
        InputStreamReader text = new InputStreamReader(new ByteArrayInputStream(content(path)), StandardCharsets.UTF_8);
        return (Resource) fhir.newJsonParser().parseResource(text);
    }

    private byte[] content(String path) {
        return Objects.requireNonNull(files.get(path), path);
    }

    private static List<Entry> index(ObjectMapper json, Map<String, byte[]> files, String folder) throws IOException {
        byte[] index = files.get(folder + ".index.json");
        if (index == null) {
            return List.of();
        }
        List<Entry> entries = new ArrayList<>();
        for (JsonNode file : json.readTree(index).path("files")) {
            entries.add(new Entry(
                    folder + file.path("filename").asText(),
                    file.path("resourceType").asText(),
                    file.path("type").asText(),
                    file.path("kind").asText(),
                    file.path("url").asText()));
        }
        return List.copyOf(entries);
    }
}
