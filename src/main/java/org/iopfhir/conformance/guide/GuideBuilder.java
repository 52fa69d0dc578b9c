// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.ImplementationGuide;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.OperationDefinition;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.SearchParameter;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;
import org.iopfhir.conformance.Freshness;
import org.iopfhir.conformance.IgPackage;

/**
 * Write the pages of the guide from the assembled package, each packed by gzip, as they go over the wire.
 *
 * <p>Runs while the project is built and never in the server. The same package and examples give the same bytes.
 */
public final class GuideBuilder {
    /** A row of the table in {@code profiles/README.md} that says in words when a profile is required. */
    private static final Pattern REQUIRED_WHEN = Pattern.compile("\\| (iop-[^|]*) \\|[^|]*\\| ([^|]*) \\|");

    private final Path profiles;
    private final List<MetadataResource> artifacts;
    private final List<CodeSystem> excerpts;
    private final List<StructureDefinition> structures;
    private final ImplementationGuide guide;
    private final Links links;
    private final ProfilePage profilePage;
    private final TerminologyPages terminology;
    private final ApiPages api;

    GuideBuilder(FhirContext fhir, IgPackage iop, Path profiles) throws IOException {
        this.profiles = profiles;
        this.artifacts = iop.artifacts();
        this.excerpts = iop.excerpts();
        this.structures = iop.all(StructureDefinition.class);
        this.guide = iop.all(ImplementationGuide.class).get(0);
        List<MetadataResource> all = new ArrayList<>(artifacts);
        all.addAll(excerpts);
        this.links = new Links(all);
        this.profilePage = new ProfilePage(
                links,
                new ElementTable(fhir, links),
                new Examples(profiles.resolve("examples")),
                requiredWhen(),
                iop.searchParameters());
        List<CodeSystem> systems = new ArrayList<>(iop.all(CodeSystem.class));
        systems.addAll(excerpts);
        this.terminology = new TerminologyPages(links, systems);
        this.api = new ApiPages(links);
    }

    /**
     * Write all pages.
     *
     * @param args the package, the folder {@code profiles}, the folder to write into
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new IllegalArgumentException("Expected: <package .tgz> <profiles folder> <folder of the pages>");
        }
        Path tgz = Path.of(args[0]);
        Path profiles = Path.of(args[1]);
        Path target = Path.of(args[2]);
        Path ownClasses = target.resolveSibling("org/iopfhir/conformance/guide");
        if (Freshness.isCurrent(
                target.resolve(Page.INDEX + GuideFiles.PACKED), List.of(tgz, profiles, rules(profiles), ownClasses))) {
            return;
        }
        FhirContext fhir = FhirContext.forR4Cached();
        try (InputStream in = Files.newInputStream(tgz)) {
            write(new GuideBuilder(fhir, IgPackage.read(fhir, in), profiles).build(), target);
        }
    }

    /** Write what there is now, and leave nothing of what was there before. */
    private static void write(Map<String, byte[]> files, Path target) throws IOException {
        Files.createDirectories(target);
        try (DirectoryStream<Path> before = Files.newDirectoryStream(target)) {
            for (Path file : before) {
                Files.delete(file);
            }
        }
        for (Map.Entry<String, byte[]> file : files.entrySet()) {
            try (OutputStream out =
                    new GZIPOutputStream(Files.newOutputStream(target.resolve(file.getKey() + GuideFiles.PACKED)))) {
                out.write(file.getValue());
            }
        }
    }

    /** The files of the guide by name, not yet packed. */
    Map<String, byte[]> build() throws IOException {
        Map<String, byte[]> files = new HashMap<>();
        put(files, IndexPage.of(guide, artifacts, excerpts));
        put(files, RulesPage.of(structures, rules(profiles)));
        put(
                files,
                new Page(GuideFiles.NOT_FOUND, "No such page").prose("There is no page of the guide at this address."));
        for (MetadataResource artifact : artifacts) {
            if (!IndexPage.lists(artifact)) {
                throw new IllegalStateException("The guide has no page for " + artifact.getUrl());
            }
            if (artifact != guide) {
                put(files, page(artifact, false));
            }
        }
        for (CodeSystem excerpt : excerpts) {
            put(files, page(excerpt, true));
        }
        try (InputStream style = GuideBuilder.class.getResourceAsStream(Page.STYLE)) {
            files.put(Page.STYLE, style.readAllBytes());
        }
        return files;
    }

    private static void put(Map<String, byte[]> files, Page page) {
        if (files.put(page.file(), page.html().getBytes(StandardCharsets.UTF_8)) != null) {
            throw new IllegalStateException("Two pages would be " + page.file());
        }
    }

    private Page page(MetadataResource artifact, boolean isOfOthers) throws IOException {
        Page page = new Page(Links.file(artifact), Links.title(artifact));
        if (artifact instanceof StructureDefinition profile) {
            profilePage.write(page, profile);
        } else if (artifact instanceof ValueSet valueSet) {
            terminology.write(page, valueSet);
        } else if (artifact instanceof CodeSystem system) {
            terminology.write(page, system);
        } else if (artifact instanceof ConceptMap map) {
            terminology.write(page, map);
        } else if (artifact instanceof Questionnaire questionnaire) {
            QuestionnairePage.write(page, questionnaire, links);
        } else if (artifact instanceof SearchParameter parameter) {
            api.write(page, parameter);
        } else if (artifact instanceof OperationDefinition operation) {
            api.write(page, operation);
        } else if (artifact instanceof CapabilityStatement statement) {
            api.write(page, statement);
        }
        Imprint.add(page, artifact, isOfOthers);
        return page;
    }

    /** The document of the rules between records, in the same project. */
    private static Path rules(Path profiles) {
        return profiles.resolveSibling("src/site/markdown/rules.md");
    }

    private Map<String, String> requiredWhen() throws IOException {
        Map<String, String> words = new HashMap<>();
        Matcher row = REQUIRED_WHEN.matcher(Files.readString(profiles.resolve("README.md")));
        while (row.find()) {
            for (String profile : row.group(1).split(", ", -1)) {
                words.put(profile, row.group(2));
            }
        }
        return words;
    }
}
