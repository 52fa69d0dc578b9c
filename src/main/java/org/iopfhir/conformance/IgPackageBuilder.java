// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.DefaultProfileValidationSupport;
import java.io.IOException;
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

    private final FhirContext fhir;
    private final Path profiles;
    private final Path terminology;

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
        PackageWriter writer = new PackageWriter(fhir);
        writer.addFile(FOLDER + "package.json", Files.readAllBytes(profiles.resolve("package.json")));
        List<StructureDefinition> structures = new ArrayList<>();
        for (Path file : conformanceFiles()) {
            if (file.toString().contains("StructureDefinition-")) {
                structures.add(fhir.newJsonParser().parseResource(StructureDefinition.class, Files.readString(file)));
            } else {
                writer.addResource(FOLDER, Files.readAllBytes(file));
            }
        }
        for (StructureDefinition complete : new Snapshots(fhir, core).complete(structures)) {
            writer.addResource(FOLDER, complete);
        }
        for (Path excerpt : jsonFiles(terminology.resolve("excerpts"), "*.json")) {
            writer.addResource(EXCERPTS, Files.readAllBytes(excerpt));
        }
        for (Path example : exampleFiles()) {
            writer.addResource(EXAMPLES, Files.readAllBytes(example));
        }
        return writer.toTgz();
    }

    private List<Path> conformanceFiles() throws IOException {
        List<Path> files = new ArrayList<>(jsonFiles(profiles, "ImplementationGuide-*.json"));
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
        List<Path> files = new ArrayList<>(jsonFiles(profiles.resolve("stories"), "*.json"));
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
