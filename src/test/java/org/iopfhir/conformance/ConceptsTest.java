// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Enumeration;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.conformance.Concepts.Row;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Each row of the page of concepts against the example that it names. */
class ConceptsTest {
    /** How many concepts the design counts: the rows of its five tables, 2.1 to 2.5. */
    private static final Map<String, Integer> DESIGNED = Map.of(
            "1. Program, level of care and schedule", 12,
            "2. Services", 17,
            "3. Assessment, eligibility and plan", 16,
            "4. Cost and coverage", 6,
            "5. Transitions and continuing care", 10);

    private static final Map<Path, Resource> PARSED = new HashMap<>();

    private static Concepts concepts = Concepts.read();
    private static FhirContext fhir = FhirContext.forR4Cached();
    private static ResourceCheck check;

    @BeforeAll
    static void open() {
        fhir = FhirContext.forR4Cached();
        check = Conformance.open(fhir).check();
        concepts = Concepts.read();
    }

    static List<Row> rows() {
        return concepts.rows();
    }

    @Test
    void everyConceptOfTheDesignHasARow() {
        assertThat(concepts.promised()).isEqualTo(DESIGNED);
        DESIGNED.forEach((section, count) -> assertThat(concepts.numbers(section))
                .as(section)
                .containsExactlyElementsOf(
                        IntStream.rangeClosed(1, count).boxed().toList()));
    }

    @Test
    void noRowIsThereTwice() {
        assertThat(rows()).extracting(Row::toString).doesNotHaveDuplicates();
    }

    @Test
    void listsTheSystemsThatTheRowsUse() {
        TreeSet<String> used = new TreeSet<>();
        rows().forEach(row -> row.codes().forEach(code -> used.add(code.substring(0, code.indexOf('#')))));

        assertThat(concepts.systems().keySet()).containsExactlyInAnyOrderElementsOf(used);
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theExampleMeetsTheProfile(Row row) {
        Resource example = example(row);
        List<String> ours = check.required().of(example);

        assertThat(check.check(example)).isEmpty();
        switch (row.profile().replaceFirst("-.*", "")) {
            case "iop" ->
                assertThat(check.check(example, Conformance.CANONICAL_BASE + "/StructureDefinition/" + row.profile()))
                        .isEmpty();
            case "us" -> {
                assertThat(ours).isEmpty();
                assertThat(UsCore.of(example)).contains(row.profile());
            }
            default -> {
                assertThat(row.profile()).isEqualTo("R4");
                assertThat(ours).isEmpty();
                assertThat(UsCore.of(example)).isEmpty();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("rows")
    void theExampleHoldsTheCodesAtTheElement(Row row) {
        List<Base> elements = fhir.newFhirPath().evaluate(example(row), row.element(), Base.class);

        assertThat(row.element()).startsWith(row.type() + ".");
        assertThat(elements).as(row.element()).isNotEmpty().noneMatch(ConceptsTest::isFalse);
        assertThat(elements.stream().flatMap(ConceptsTest::codes))
                .as(row.element())
                .containsAll(row.codes().stream().map(ConceptsTest::expanded).toList());
    }

    private static Resource example(Row row) {
        Resource file = PARSED.computeIfAbsent(row.file(), path -> Sources.parse(fhir, path));
        Stream<Resource> candidates =
                file instanceof Bundle story && !row.type().equals("Bundle")
                        ? story.getEntry().stream().map(Bundle.BundleEntryComponent::getResource)
                        : Stream.of(file);
        return candidates
                .filter(resource -> row.example()
                        .equals(resource.fhirType() + "/"
                                + resource.getIdElement().getIdPart()))
                .findFirst()
                .orElseThrow(() -> new AssertionError(row.example() + " is not in " + row.file()));
    }

    private static String expanded(String code) {
        int hash = code.indexOf('#');
        return concepts.systems().get(code.substring(0, hash)) + code.substring(hash);
    }

    private static boolean isFalse(Base element) {
        return element instanceof BooleanType answer && !answer.booleanValue();
    }

    private static Stream<String> codes(Base element) {
        if (element instanceof CodeableConcept concept) {
            return concept.getCoding().stream().flatMap(ConceptsTest::codes);
        }
        if (element instanceof Coding coding) {
            return Stream.of(coding.getSystem() + "#" + coding.getCode());
        }
        if (element instanceof Quantity quantity) {
            return Stream.of(quantity.getSystem() + "#" + quantity.getCode());
        }
        if (element instanceof Enumeration<?> code) {
            return Stream.of(code.getSystem() + "#" + code.getCode());
        }
        return Stream.of();
    }
}
