// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Resource;

/** The JSON files as their authors wrote them. */
final class Sources {
    static final Path PROFILES = Path.of("profiles");
    static final Path TERMINOLOGY = Path.of("terminology");
    private static final Path EXCERPTS = TERMINOLOGY.resolve("excerpts");

    private Sources() {}

    static List<Path> json(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.toString().endsWith(".json"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The parts of code systems of others. */
    static List<Path> excerpts() {
        return json(EXCERPTS);
    }

    static List<Path> conformance() {
        return Stream.concat(json(PROFILES).stream(), json(TERMINOLOGY).stream())
                .filter(file -> !file.endsWith("package.json"))
                .filter(file -> !file.startsWith(PROFILES.resolve("examples")))
                .filter(file -> !file.startsWith(PROFILES.resolve("stories")))
                .filter(file -> !file.startsWith(EXCERPTS))
                .toList();
    }

    static List<Path> examples(String kind) {
        return json(PROFILES.resolve("examples")).stream()
                .filter(file -> folderOf(file).equals(kind))
                .toList();
    }

    static List<Path> stories() {
        return Files.isDirectory(PROFILES.resolve("stories")) ? json(PROFILES.resolve("stories")) : List.of();
    }

    /** The profile that an example is about, by its folder. */
    static String profileOf(Path example) {
        return example.getName(example.getNameCount() - 3).toString();
    }

    /** Whether an example shows a resource of base R4, of which no profile of ours is required. */
    static boolean isPlain(Path example) {
        return profileOf(example).equals("base");
    }

    /** The rule that an invalid example breaks, by its name. */
    static String ruleOf(Path example) {
        String name = example.getFileName().toString();
        return name.contains("--") ? name.substring(0, name.indexOf("--")) : "";
    }

    static Resource parse(FhirContext fhir, Path file) {
        try {
            return (Resource) fhir.newJsonParser()
                    .setParserErrorHandler(new StrictErrorHandler())
                    .parseResource(Files.readString(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String folderOf(Path file) {
        return file.getName(file.getNameCount() - 2).toString();
    }
}
