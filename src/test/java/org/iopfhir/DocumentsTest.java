// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iopfhir.storage.ServedTypes;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A document that names a class which is gone misleads whoever reads it. */
class DocumentsTest {

    private static final Path DOCUMENTS = Path.of("src", "site", "markdown");

    private static final Pattern CLASS = Pattern.compile("`([A-Z][a-z]+(?:[A-Z][a-z]+)+)[.`]");

    private static final Pattern LINK = Pattern.compile("\\]\\(([^)#:]+)\\)");

    /** Of FHIR or of HAPI. */
    private static final Set<String> NOT_OURS = Set.of(
            "AuditEvent",
            "CodeSystem",
            "ConceptMap",
            "ImplementationGuide",
            "OperationOutcome",
            "RestfulServer",
            "SearchParameter",
            "StructureDefinition",
            "ValueSet");

    @ParameterizedTest
    @ValueSource(
            strings = {
                "access.md",
                "architecture.md",
                "audit.md",
                "configuration.md",
                "decisions.md",
                "rest.md",
                "smart-assertions.md",
                "smart.md"
            })
    void namesOnlyClassesThatExist(String document) throws IOException {
        Set<String> named = found(CLASS, document);
        named.removeAll(NOT_OURS);
        named.removeAll(ServedTypes.names());

        assertThat(ours()).containsAll(named);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "access.md",
                "architecture.md",
                "audit.md",
                "concepts.md",
                "configuration.md",
                "decisions.md",
                "index.md",
                "rest.md",
                "rules.md",
                "smart-assertions.md",
                "smart.md"
            })
    void linksToWhatIsThere(String document) throws IOException {
        for (String link : found(LINK, document)) {
            assertThat(DOCUMENTS.resolve(link)).exists();
        }
    }

    private static Set<String> found(Pattern pattern, String document) throws IOException {
        Set<String> found = new TreeSet<>();
        Matcher matcher = pattern.matcher(Files.readString(DOCUMENTS.resolve(document), StandardCharsets.UTF_8));
        while (matcher.find()) {
            found.add(matcher.group(1));
        }
        return found;
    }

    private static Set<String> ours() throws IOException {
        try (Stream<Path> files = Files.walk(Path.of("src"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".java"))
                    .map(name -> name.replace(".java", ""))
                    .collect(Collectors.toSet());
        }
    }
}
