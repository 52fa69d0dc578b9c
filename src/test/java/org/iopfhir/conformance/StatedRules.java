// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.support.IValidationSupport;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ElementDefinition.TypeRefComponent;
import org.hl7.fhir.r4.model.Enumerations.BindingStrength;
import org.hl7.fhir.r4.model.StructureDefinition;

/**
 * Read from a profile what it demands beyond base R4, as rule keys. A cardinality has two sides, which are two rules:
 * {@link #TOO_FEW} and {@link #TOO_MANY} follow the key.
 */
final class StatedRules {
    static final String TOO_FEW = " too few";
    static final String TOO_MANY = " too many";

    private final IValidationSupport definitions;

    /** @param definitions those of base R4 and ours */
    StatedRules(IValidationSupport definitions) {
        this.definitions = definitions;
    }

    /** What a profile or extension states itself, and what it takes on by the extensions of ours that it uses. */
    Set<String> of(StructureDefinition structure) {
        Set<String> rules = new TreeSet<>();
        for (ElementDefinition element : structure.getDifferential().getElement()) {
            stated(structure, element).forEach(rules::add);
            usedExtension(element)
                    .map(this::of)
                    .ifPresent(inherited -> inherited.stream()
                            .filter(rule -> rule.startsWith("binding-"))
                            .forEach(rules::add));
        }
        return rules;
    }

    private Stream<String> stated(StructureDefinition structure, ElementDefinition element) {
        Stream<String> invariants =
                element.getConstraint().stream().map(ElementDefinition.ElementDefinitionConstraintComponent::getKey);
        String path = key(structure, element);
        return Stream.of(
                        invariants,
                        isSaidByBase(element) ? Stream.<String>of() : cardinality(element, path),
                        element.getBinding().getStrength() == BindingStrength.REQUIRED
                                ? Stream.of("binding-" + path)
                                : Stream.<String>of(),
                        fixed(structure, element, path),
                        !isSaidByBase(element) && narrowsTypes(element)
                                ? Stream.of("type-" + path)
                                : Stream.<String>of())
                .flatMap(rules -> rules);
    }

    private Stream<String> cardinality(ElementDefinition element, String path) {
        Optional<ElementDefinition> base = base(element.getPath());
        int min =
                element.hasSliceName() ? 0 : base.map(ElementDefinition::getMin).orElse(0);
        int max = base.map(ElementDefinition::getMax).map(StatedRules::number).orElse(Integer.MAX_VALUE);
        boolean raised = element.hasMin() && element.getMin() > min;
        boolean lowered = element.hasMax() && number(element.getMax()) < max;
        return Stream.of(raised ? "card-" + path + TOO_FEW : "", lowered ? "card-" + path + TOO_MANY : "")
                .filter(rule -> !rule.isEmpty());
    }

    /** A slice is found by its pattern, so that another value is another slice and no broken rule. */
    private static Stream<String> fixed(StructureDefinition structure, ElementDefinition element, String path) {
        if (!element.hasPattern() || element.hasSliceName() || findsASlice(structure, element)) {
            return Stream.of();
        }
        List<String> parts = element.getPattern().children().stream()
                .filter(child -> child.hasValues() && !child.getName().equals("coding"))
                .map(child -> "fixed-" + path + "-" + child.getName())
                .toList();
        return parts.isEmpty() ? Stream.of("fixed-" + path) : parts.stream();
    }

    private static boolean findsASlice(StructureDefinition structure, ElementDefinition element) {
        return structure.getDifferential().getElement().stream()
                .anyMatch(sliced -> sliced.getSlicing().getDiscriminator().stream()
                        .map(discriminator -> sliced.getId() + ":[\\w-]+\\." + discriminator.getPath())
                        .anyMatch(id -> element.getId().matches(id)));
    }

    private boolean narrowsTypes(ElementDefinition element) {
        Optional<ElementDefinition> base = base(element.getPath());
        boolean isExtension =
                element.getType().stream().anyMatch(type -> type.getCode().equals("Extension"));
        return element.hasType()
                && !isExtension
                && base.isPresent()
                && (codes(element).size() < codes(base.get()).size()
                        || !targets(element).equals(targets(base.get())));
    }

    /** The definition of an element by base R4; none below the value of an extension, which may be of any type. */
    private Optional<ElementDefinition> base(String path) {
        String[] steps = path.split("\\.", -1);
        Optional<ElementDefinition> current = element(steps[0], steps[0]);
        String type = steps[0];
        String within = steps[0];
        for (int i = 1; i < steps.length; i++) {
            within += "." + steps[i];
            Optional<ElementDefinition> next = element(type, within);
            if (next.isEmpty() && current.isPresent() && current.get().getType().size() == 1) {
                type = current.get().getTypeFirstRep().getCode();
                within = type + "." + steps[i];
                next = element(type, within);
            }
            current = next;
        }
        return current;
    }

    private Optional<ElementDefinition> element(String type, String path) {
        return Optional.ofNullable((StructureDefinition)
                        definitions.fetchStructureDefinition("http://hl7.org/fhir/StructureDefinition/" + type))
                .flatMap(definition -> definition.getSnapshot().getElement().stream()
                        .filter(element -> element.getPath().equals(path))
                        .findFirst());
    }

    private Optional<StructureDefinition> usedExtension(ElementDefinition element) {
        return element.getType().stream()
                .flatMap(type -> type.getProfile().stream())
                .map(CanonicalType::getValue)
                .filter(url -> url.startsWith(Conformance.CANONICAL_BASE))
                .map(url -> (StructureDefinition) definitions.fetchStructureDefinition(url))
                .findFirst();
    }

    private static Set<String> codes(ElementDefinition element) {
        return element.getType().stream().map(TypeRefComponent::getCode).collect(Collectors.toSet());
    }

    private static Set<String> targets(ElementDefinition element) {
        return element.getType().stream()
                .flatMap(type -> type.getTargetProfile().stream())
                .map(CanonicalType::getValue)
                .collect(Collectors.toSet());
    }

    private static int number(String max) {
        return max.equals("*") ? Integer.MAX_VALUE : Integer.parseInt(max);
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
