// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.Enumerations.BindingStrength;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.junit.jupiter.api.Test;

/** Nothing is stated in a profile without an example that keeps it and one that breaks it. */
class CompletenessTest {
    private final FhirContext fhir = FhirContext.forR4Cached();
    private final List<StructureDefinition> structures = Sources.conformance().stream()
            .map(file -> Sources.parse(fhir, file))
            .filter(StructureDefinition.class::isInstance)
            .map(StructureDefinition.class::cast)
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
            for (ElementDefinition element : structure.getDifferential().getElement()) {
                rules(structure, element).stream()
                        .filter(rule -> !broken.contains(rule))
                        .forEach(rule -> missing.add(structure.getIdElement().getIdPart() + ": " + rule));
            }
        }

        assertThat(missing).isEmpty();
    }

    @Test
    void everyInvalidExampleBreaksARuleThatAProfileStates() {
        Set<String> stated = structures.stream()
                .flatMap(structure -> structure.getDifferential().getElement().stream()
                        .flatMap(element -> rules(structure, element).stream()))
                .collect(Collectors.toSet());

        assertThat(Sources.examples("invalid"))
                .allSatisfy(file -> assertThat(stated).contains(Sources.ruleOf(file)));
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
        boolean everywhere = structure.getType().equals("Extension");
        return Sources.examples("invalid").stream()
                .filter(file -> everywhere
                        || Sources.profileOf(file)
                                .equals(structure.getIdElement().getIdPart()))
                .map(Sources::ruleOf)
                .collect(Collectors.toSet());
    }

    private static List<String> rules(StructureDefinition structure, ElementDefinition element) {
        List<String> rules = new ArrayList<>();
        element.getConstraint().forEach(constraint -> rules.add(constraint.getKey()));
        String path = key(structure, element);
        boolean applied = !structure.getIdElement().getIdPart().equals("applies-when");
        if (applied && (element.getMin() > 0 || isTighterThanBase(element)) && !isSaidByBase(element)) {
            rules.add("card-" + path);
        }
        if (element.getBinding().getStrength() == BindingStrength.REQUIRED) {
            rules.add("binding-" + path);
        }
        if (element.hasPattern()) {
            List<String> parts = element.getPattern().children().stream()
                    .filter(child -> child.hasValues() && !child.getName().equals("coding"))
                    .map(child -> "fixed-" + path + "-" + child.getName())
                    .toList();
            boolean isMark = element.hasSliceName();
            rules.addAll(isMark ? List.of() : parts.isEmpty() ? List.of("fixed-" + path) : parts);
        }
        if (element.hasType() && element.getTypeFirstRep().hasTargetProfile() && !isSaidByBase(element)) {
            rules.add("type-" + path);
        }
        return rules;
    }

    /** A max is a rule where R4 allows more; on slices and where it forbids an element it always is. */
    private static boolean isTighterThanBase(ElementDefinition element) {
        return element.hasMax()
                && !element.getMax().equals("*")
                && (element.hasSliceName()
                        || element.getMax().equals("0")
                        || !element.getId().endsWith("x]"));
    }

    /**
     * What an extension says of its own value, sub-extensions and url: the base rule ext-1 (either a value or
     * extensions) breaks with each of them, so that no example could break one alone. And Reference targets inside an
     * extension are told only by their url.
     */
    private static boolean isSaidByBase(ElementDefinition element) {
        String id = element.getId();
        return id.equals("Extension") || id.matches("Extension(\\.extension:\\w+)?\\.(extension|url|value\\[x])");
    }

    private static String key(StructureDefinition structure, ElementDefinition element) {
        String id = element.getId();
        String below = id.contains(".") ? id.substring(id.indexOf('.') + 1) : "";
        boolean isExtension = structure.getType().equals("Extension");
        // The value of an extension goes by the name of the extension, the value of a resource by its own.
        String named = isExtension
                ? (structure.getIdElement().getIdPart() + "." + below)
                        .replace(".value[x]", "")
                        .replace("value[x]", "")
                : below;
        return named.replace("extension:", "")
                .replace("[x]", "")
                .replaceAll("[.:]", "-")
                .replaceAll("-+$", "")
                .toLowerCase(Locale.ROOT);
    }
}
