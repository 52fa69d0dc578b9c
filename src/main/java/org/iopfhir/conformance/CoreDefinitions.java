// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.commons.compress.archivers.zip.ZipFile;
import org.apache.commons.compress.utils.SeekableInMemoryByteChannel;
import org.apache.commons.io.IOUtils;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Serve the definitions of base R4 that a validator asks for, each read when it is first asked for.
 *
 * <p>HAPI's {@code DefaultProfileValidationSupport} reads 45 MB of XML at its first question and keeps all of it. The
 * build takes the same definitions apart, without texts, into one archive; a server that validates a dozen types reads
 * some hundred of them. Safe for use by many threads.
 */
public final class CoreDefinitions implements IValidationSupport {
    static final String FILE = "fhir-r4-core.zip";
    static final String INDEX = "index.tsv";
    static final String OUTLINES = "outlines.json";
    /** Marks the definition of a type, as opposed to a profile or extension of it. */
    static final String BASE = "base";

    private static final String STRUCTURE = "StructureDefinition\t";
    private static final String CODES = "CodeSystem\t";
    private static final String VALUES = "ValueSet\t";

    private final FhirContext fhir;
    private final ZipFile archive;
    private final Map<String, String> fileOf = new HashMap<>();
    private final List<String> baseTypes = new ArrayList<>();
    private final Map<String, IBaseResource> read = new ConcurrentHashMap<>();

    private CoreDefinitions(FhirContext fhir, ZipFile archive) throws IOException {
        this.fhir = fhir;
        this.archive = archive;
        for (String line :
                new String(content(INDEX), StandardCharsets.UTF_8).lines().toList()) {
            String[] columns = line.split("\t", -1);
            String key = columns[0] + "\t" + columns[1];
            fileOf.put(key, columns[2]);
            if (columns[3].equals(BASE)) {
                baseTypes.add(key);
            }
        }
    }

    /** Open the archive that the build put on the class path. */
    public static CoreDefinitions fromClassPath(FhirContext fhir) {
        try (InputStream in = CoreDefinitions.class.getResourceAsStream("/" + FILE)) {
            if (in == null) {
                throw new IllegalStateException(FILE + " is not on the class path; the build makes it");
            }
            ZipFile archive = ZipFile.builder()
                    .setSeekableByteChannel(new SeekableInMemoryByteChannel(in.readAllBytes()))
                    .get();
            return new CoreDefinitions(fhir, archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public FhirContext getFhirContext() {
        return fhir;
    }

    @Override
    public String getName() {
        return "Base R4 definitions";
    }

    /** Return the definitions of all types, resources and data types; not the profiles and extensions of base R4. */
    @Override
    @SuppressWarnings("unchecked")
    public <T extends IBaseResource> List<T> fetchAllStructureDefinitions() {
        return baseTypes.stream().map(key -> (T) find(key)).toList();
    }

    /** Return what {@link #fetchAllStructureDefinitions} does, with nothing but the names and kinds: one small file. */
    List<StructureDefinition> outlines() {
        Bundle all = (Bundle) parse(OUTLINES);
        return all.getEntry().stream()
                .map(entry -> (StructureDefinition) entry.getResource())
                .toList();
    }

    @Override
    public @Nullable IBaseResource fetchStructureDefinition(String url) {
        String full = url.indexOf('/') < 0 ? URL_PREFIX_STRUCTURE_DEFINITION + url : url;
        return find(STRUCTURE + withoutVersion(full));
    }

    @Override
    public @Nullable IBaseResource fetchCodeSystem(String system) {
        return find(CODES + withoutVersion(system));
    }

    @Override
    public @Nullable IBaseResource fetchValueSet(String url) {
        return find(VALUES + withoutVersion(url));
    }

    @Override
    public boolean isCodeSystemSupported(@Nullable ValidationSupportContext context, @Nullable String system) {
        return system != null && fileOf.containsKey(CODES + withoutVersion(system));
    }

    @Override
    public boolean isValueSetSupported(@Nullable ValidationSupportContext context, @Nullable String url) {
        return url != null && fileOf.containsKey(VALUES + withoutVersion(url));
    }

    private @Nullable IBaseResource find(String key) {
        String file = fileOf.get(key);
        return file == null ? null : read.computeIfAbsent(file, this::parse);
    }

    private IBaseResource parse(String file) {
        return fhir.newJsonParser()
                .parseResource(new InputStreamReader(new ByteArrayInputStream(content(file)), StandardCharsets.UTF_8));
    }

    private byte[] content(String file) {
        try (InputStream in = archive.getInputStream(archive.getEntry(file))) {
            return IOUtils.toByteArray(in);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** R4 definitions are asked for with versions of every kind (4.0.1, 2018-08-12, none); there is only one of each. */
    private static String withoutVersion(String canonical) {
        int bar = canonical.indexOf('|');
        return bar < 0 ? canonical : canonical.substring(0, bar);
    }
}
