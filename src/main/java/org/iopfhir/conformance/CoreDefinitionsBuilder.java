// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.parser.IParser;
import ca.uhn.fhir.util.VersionUtil;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;

/** Take from HAPI's bundled R4 definitions what a validator reads, and leave out what only people read. */
final class CoreDefinitionsBuilder {
    /**
     * R4 of 2019 does not allow this extension on an Appointment; HL7's extension package for R4, which now maintains it,
     * does since 5.1.0.
     */
    private static final String EPISODE = "http://hl7.org/fhir/StructureDefinition/workflow-episodeOfCare";

    private static final LocalDateTime NO_TIME = LocalDateTime.of(1980, 1, 1, 0, 0);

    private final IValidationSupport source;
    private final IParser parser;
    private final SortedMap<String, byte[]> files = new TreeMap<>();
    private final List<String> index = new ArrayList<>();
    private final Bundle outlines = new Bundle().setType(Bundle.BundleType.COLLECTION);
    private final Set<String> seen = new HashSet<>();

    CoreDefinitionsBuilder(FhirContext fhir, IValidationSupport source) {
        this.source = source;
        this.parser = fhir.newJsonParser();
    }

    /** Say whether the archive was made from the HAPI version that runs now; making it again costs seconds. */
    static boolean isCurrent(Path archive) throws IOException {
        if (!Files.exists(archive)) {
            return false;
        }
        try (ZipFile zip = new ZipFile(archive.toFile())) {
            return VersionUtil.getVersion().equals(zip.getComment());
        }
    }

    byte[] build() throws IOException {
        source.fetchStructureDefinition("Patient");
        source.fetchCodeSystem("http://hl7.org/fhir/administrative-gender");
        for (IBaseResource resource : source.fetchAllConformanceResources()) {
            if (resource instanceof StructureDefinition structure) {
                add(slim(structure.copy()));
            } else if (resource instanceof ValueSet || resource instanceof CodeSystem) {
                add(slim(((MetadataResource) resource).copy()));
            }
        }
        outlines.getEntry().sort(Comparator.comparing(entry -> ((StructureDefinition) entry.getResource()).getUrl()));
        files.put(CoreDefinitions.OUTLINES, encoded(outlines));
        index.sort(null);
        files.put(CoreDefinitions.INDEX, String.join("\n", index).getBytes(StandardCharsets.UTF_8));
        return zip();
    }

    private void add(MetadataResource resource) {
        String key = resource.fhirType() + "\t" + resource.getUrl();
        if (!resource.hasUrl() || !seen.add(key)) {
            return;
        }
        String file = resource.fhirType() + "-" + resource.getIdElement().getIdPart() + ".json";
        while (files.containsKey(file)) {
            file = "_" + file;
        }
        boolean definesType = resource instanceof StructureDefinition structure
                && structure.getDerivation() != StructureDefinition.TypeDerivationRule.CONSTRAINT;
        index.add(key + "\t" + file + "\t" + (definesType ? CoreDefinitions.BASE : ""));
        files.put(file, encoded(resource));
        if (definesType) {
            outlines.addEntry().setResource(outline((StructureDefinition) resource));
        }
    }

    private byte[] encoded(Resource resource) {
        return parser.encodeResourceToString(resource).getBytes(StandardCharsets.UTF_8);
    }

    /** Keep the name and kind of a type, and of its elements only the root, without which HAPI would look for more. */
    private static StructureDefinition outline(StructureDefinition structure) {
        StructureDefinition outline = structure.copy();
        ElementDefinition root = outline.getSnapshot().getElementFirstRep();
        outline.setSnapshot(null);
        ElementDefinition kept = outline.getSnapshot().addElement();
        kept.setPath(root.getPath()).setMin(root.getMin()).setMax(root.getMax()).setId(root.getId());
        return outline;
    }

    private static StructureDefinition slim(StructureDefinition structure) {
        slim((MetadataResource) structure);
        if (structure.getUrl().equals(EPISODE)) {
            structure
                    .addContext()
                    .setType(StructureDefinition.ExtensionContextType.ELEMENT)
                    .setExpression("Appointment");
        }
        structure.setDifferential(null);
        structure.setMapping(null).setKeyword(null).setPurpose(null);
        for (ElementDefinition element : structure.getSnapshot().getElement()) {
            element.setDefinition(null).setComment(null).setRequirements(null).setMeaningWhenMissing(null);
            element.setAlias(null).setMapping(null).setExample(null).setCode(null);
            element.setIsModifierReason(null).setIsSummaryElement(null).setOrderMeaning(null);
            element.getConstraint()
                    .forEach(constraint -> constraint.setXpath(null).setRequirements(null));
            element.getBinding().setDescription(null);
        }
        return structure;
    }

    private static MetadataResource slim(MetadataResource resource) {
        resource.setDescription(null).setContact(null).setJurisdiction(null).setUseContext(null);
        ((DomainResource) resource).setText(null);
        if (resource instanceof CodeSystem codes) {
            slim(codes.getConcept());
        }
        return resource;
    }

    private static void slim(List<CodeSystem.ConceptDefinitionComponent> concepts) {
        for (CodeSystem.ConceptDefinitionComponent concept : concepts) {
            concept.setDefinition(null).setExtension(null);
            slim(concept.getConcept());
        }
    }

    private byte[] zip() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(Deflater.BEST_COMPRESSION);
            zip.setComment(VersionUtil.getVersion());
            for (String name : files.keySet()) {
                ZipEntry entry = new ZipEntry(name);
                entry.setTimeLocal(NO_TIME);
                zip.putNextEntry(entry);
                zip.write(files.get(name));
            }
        }
        return bytes.toByteArray();
    }
}
