// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Build the two archives that the server ships: the IG package, and the part of base R4 that validation needs.
 *
 * <p>Runs while the project is built and never in the server. The same sources give the same bytes.
 */
public final class IgPackageBuilder {
    private static final String FOLDER = "package/";
    private static final String EXAMPLES = "package/example/";
    private static final String EXCERPTS = "package/other/";

    /** The folder of examples that no profile of ours is about. */
    private static final String BASE_R4 = "base";

    private final FhirContext fhir;
    private final Path profiles;
    private final Path terminology;
    private final PackageWriter writer = new PackageWriter();
    private final GuideContents contents = new GuideContents();

    IgPackageBuilder(FhirContext fhir, Path profiles, Path terminology) {
        this.fhir = fhir;
        this.profiles = profiles;
        this.terminology = terminology;
    }

    /**
     * Write the IG package, and beside it the archive of {@link CoreDefinitions}.
     *
     * @param args the folder {@code profiles}, the folder {@code terminology}, the file of the package to write
     */
    public static void main(String[] args) throws IOException {
        if (args.length != 3) {
            throw new IllegalArgumentException("Expected: <profiles folder> <terminology folder> <package .tgz>");
        }
        Path profiles = Path.of(args[0]);
        Path terminology = Path.of(args[1]);
        Path target = Path.of(args[2]).toAbsolutePath();
        Path coreTarget = target.resolveSibling(CoreDefinitions.FILE);
        boolean coreIsCurrent = CoreDefinitionsBuilder.isCurrent(coreTarget);
        // Reading HAPI's definitions costs ten CPU seconds.
        if (coreIsCurrent && Freshness.isCurrent(target, List.of(profiles, terminology, ownClasses(target)))) {
            return;
        }
        FhirContext fhir = FhirContext.forR4Cached();
        DefaultProfileValidationSupport core = new DefaultProfileValidationSupport(fhir);
        if (!coreIsCurrent) {
            Files.write(coreTarget, new CoreDefinitionsBuilder(fhir, core).build());
        }
        Files.write(target, new IgPackageBuilder(fhir, profiles, terminology).build(core));
    }

    private static Path ownClasses(Path target) {
        Path classes = target.resolveSibling("org/iopfhir/conformance");
        return Files.isDirectory(classes) ? classes : target;
    }

    /** Return the package as the bytes of a {@code .tgz}. */
    byte[] build(DefaultProfileValidationSupport core) throws IOException {
        writer.addFile(FOLDER + "package.json", Files.readAllBytes(profiles.resolve("package.json")));
        addArtifacts(core);
        for (Path excerpt : jsonFiles(terminology.resolve("excerpts"), "*.json")) {
            writer.addResource(EXCERPTS, Files.readAllBytes(excerpt));
        }
        for (Path story : jsonFiles(profiles.resolve("stories"), "*.json")) {
            addExample(story, "");
        }
        for (Path example : exampleFiles()) {
            String folder = example.getName(example.getNameCount() - 3).toString();
            addExample(example, folder.equals(BASE_R4) ? "" : folder);
        }
        for (Path guide : jsonFiles(profiles, "ImplementationGuide-*.json")) {
            writer.addResource(FOLDER, contents.complete(Files.readAllBytes(guide)));
        }
        return writer.toTgz();
    }

    private void addArtifacts(DefaultProfileValidationSupport core) throws IOException {
        List<StructureDefinition> structures = new ArrayList<>();
        for (Path file : artifactFiles()) {
            if (file.toString().contains("StructureDefinition-")) {
                structures.add(fhir.newJsonParser().parseResource(StructureDefinition.class, Files.readString(file)));
            } else {
                addArtifact(Files.readAllBytes(file));
            }
        }
        for (StructureDefinition complete : new Snapshots(fhir, core).complete(structures)) {
            String text = fhir.newJsonParser().encodeResourceToString(complete);
            addArtifact(text.getBytes(StandardCharsets.UTF_8));
        }
    }

    private void addArtifact(byte[] content) throws IOException {
        writer.addResource(FOLDER, content);
        contents.addArtifact(content);
    }

    private void addExample(Path file, String profile) throws IOException {
        byte[] content = Files.readAllBytes(file);
        writer.addResource(EXAMPLES, content);
        contents.addExample(content, profile, ExampleName.of(file).shows());
    }

    private List<Path> artifactFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        for (String folder :
                List.of("structures", "extensions", "operations", "search", "questionnaires", "capability")) {
            files.addAll(jsonFiles(profiles.resolve(folder), "*.json"));
        }
        for (String folder : List.of("code-systems", "value-sets", "concept-maps")) {
            files.addAll(jsonFiles(terminology.resolve(folder), "*.json"));
        }
        return files;
    }

    private List<Path> exampleFiles() throws IOException {
        List<Path> files = new ArrayList<>();
        Path examples = profiles.resolve("examples");
        if (Files.isDirectory(examples)) {
            try (Stream<Path> perProfile = Files.list(examples)) {
                for (Path profile : perProfile.sorted().toList()) {
                    files.addAll(jsonFiles(profile.resolve("valid"), "*.json"));
                }
            }
        }
        return files;
    }

    private static List<Path> jsonFiles(Path folder, String glob) throws IOException {
        List<Path> files = new ArrayList<>();
        if (Files.isDirectory(folder)) {
            try (var found = Files.newDirectoryStream(folder, glob)) {
                found.forEach(files::add);
            }
        }
        files.sort(null);
        return files;
    }
}
