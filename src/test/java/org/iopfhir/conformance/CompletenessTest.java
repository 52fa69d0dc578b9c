// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.junit.jupiter.api.Test;

/** Nothing is stated in a profile without an example that keeps it and one that breaks it. */
class CompletenessTest {
    private static final Map<Path, String> SIDES = new HashMap<>();

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final Conformance conformance = Conformance.open(fhir);
    private final StatedRules stated = new StatedRules(conformance.terminology().support());
    private final List<StructureDefinition> structures = Sources.conformance().stream()
            .map(file -> Sources.parse(fhir, file))
            .filter(StructureDefinition.class::isInstance)
            .map(StructureDefinition.class::cast)
            // It stands on profiles, never on what is stored.
            .filter(structure -> !id(structure).equals("applies-when"))
            .toList();

    @Test
    void everyProfileHasValidAndInvalidExamples() {
        for (StructureDefinition profile : structures) {
            if (!profile.getType().equals("Extension")) {
                Path examples = Sources.PROFILES
                        .resolve("examples")
                        .resolve(profile.getIdElement().getIdPart());
                assertThat(examples.resolve("valid")).isNotEmptyDirectory();
                assertThat(examples.resolve("invalid")).isNotEmptyDirectory();
            }
        }
    }

    @Test
    void everyRuleIsBrokenBySomeExample() {
        Set<String> missing = new TreeSet<>();
        for (StructureDefinition structure : structures) {
            Set<String> broken = brokenRules(structure);
            stated.of(structure).stream()
                    .filter(rule -> !broken.contains(rule))
                    .forEach(rule -> missing.add(id(structure) + ": " + rule));
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyInvalidExampleBreaksARuleThatItsProfileStates() {
        Set<String> ofExtensions = structures.stream()
                .filter(CompletenessTest::isExtension)
                .flatMap(structure -> stated.of(structure).stream())
                .collect(Collectors.toSet());
        for (StructureDefinition structure : structures) {
            if (!isExtension(structure)) {
                Set<String> rules = new TreeSet<>(stated.of(structure));
                rules.addAll(ofExtensions);
                assertThat(rules).as(id(structure)).containsAll(brokenRules(structure));
            }
        }
    }

    /** What is optional is shown, too: a rule that no valid example touches might refuse what is right. */
    @Test
    void everyElementOfAProfileIsInAValidExample() {
        Set<String> missing = new TreeSet<>();
        IFhirPath fhirPath = fhir.newFhirPath();
        Map<Path, Resource> valid = Sources.examples("valid").stream()
                .collect(Collectors.toMap(file -> file, file -> Sources.parse(fhir, file)));
        for (StructureDefinition structure : structures) {
            List<Resource> examples = valid.entrySet().stream()
                    .filter(example -> isExtension(structure)
                            || Sources.profileOf(example.getKey()).equals(id(structure)))
                    .map(Map.Entry::getValue)
                    .toList();
            for (ElementDefinition element : structure.getDifferential().getElement()) {
                String path = ElementPath.of(structure, element);
                boolean shown = examples.stream()
                        .anyMatch(example ->
                                !fhirPath.evaluate(example, path, Base.class).isEmpty());
                if (!shown && !"0".equals(element.getMax())) {
                    missing.add(id(structure) + ": " + element.getId());
                }
            }
        }

        assertThat(missing).isEmpty();
    }

    /** Means of saying a rule that the tests above do not read. */
    @Test
    void noProfileStatesARuleThatIsNotReadHere() {
        for (StructureDefinition structure : structures) {
            assertThat(structure.getDifferential().getElement()).allSatisfy(element -> {
                assertThat(element.hasMinValue() || element.hasMaxValue() || element.hasMaxLength())
                        .isFalse();
                assertThat(element.hasFixed())
                        .isEqualTo(isExtension(structure) && element.getPath().endsWith("url"));
                assertThat(element.getSlicing().getRules()).isIn(null, ElementDefinition.SlicingRules.OPEN);
            });
        }
    }

    @Test
    void everyInvariantHasAKeyOfItsOwnAndASentence() {
        List<String> keys = new ArrayList<>();
        for (StructureDefinition structure : structures) {
            for (ElementDefinition element : structure.getDifferential().getElement()) {
                element.getConstraint().forEach(constraint -> {
                    keys.add(constraint.getKey());
                    assertThat(constraint.getHuman()).endsWith(".");
                    assertThat(constraint.getKey()).matches("iop-[a-z0-9-]+");
                });
            }
        }

        assertThat(keys).isNotEmpty().doesNotHaveDuplicates();
    }

    @Test
    void everyExampleIsNamedAfterNoOther() {
        List<String> names = Sources.examples("valid").stream()
                .map(file -> Sources.parse(fhir, file))
                .map(Resource::getIdElement)
                .map(id -> id.getResourceType() + "/" + id.getIdPart())
                .toList();

        assertThat(names).doesNotHaveDuplicates();
        assertThat(Files.exists(Sources.PROFILES.resolve("package.json"))).isTrue();
    }

    /** The rules that examples of this profile break; those of an extension are broken where it is used. */
    private Set<String> brokenRules(StructureDefinition structure) {
        return Sources.examples("invalid").stream()
                .filter(file ->
                        isExtension(structure) || Sources.profileOf(file).equals(id(structure)))
                .map(this::brokenRule)
                .collect(Collectors.toSet());
    }

    private String brokenRule(Path file) {
        String rule = Sources.ruleOf(file);
        return rule.startsWith("card-") ? rule + side(file) : rule;
    }

    private String side(Path file) {
        return SIDES.computeIfAbsent(
                file,
                invalid -> conformance.check().check(Sources.parse(fhir, invalid)).stream()
                        .filter(Issue::isError)
                        .map(Issue::expected)
                        .map(expected -> expected.contains("max allowed") ? StatedRules.TOO_MANY : StatedRules.TOO_FEW)
                        .findFirst()
                        .orElse(""));
    }

    private static boolean isExtension(StructureDefinition structure) {
        return structure.getType().equals("Extension");
    }

    private static String id(StructureDefinition structure) {
        return structure.getIdElement().getIdPart();
    }
}
