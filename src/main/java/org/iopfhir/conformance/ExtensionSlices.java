// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.model.CanonicalType;
import org.hl7.fhir.r5.model.ElementDefinition;
import org.hl7.fhir.r5.model.ElementDefinition.DiscriminatorType;
import org.hl7.fhir.r5.model.ElementDefinition.ElementDefinitionSlicingComponent;
import org.hl7.fhir.r5.model.ElementDefinition.ElementDefinitionSlicingDiscriminatorComponent;
import org.hl7.fhir.r5.model.ElementDefinition.SlicingRules;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.jspecify.annotations.Nullable;

/**
 * Tells which slice an extension is not, by its url. HL7's validator finds out by FHIRPath, for each extension and each
 * slice, and then writes down in words why it is none of the others; in a plan that was a sixth of the whole check.
 *
 * <p>Safe for use by many threads: definitions never change while the server runs.
 */
final class ExtensionSlices {

    private static final Set<String> NAMES = Set.of("extension", "modifierExtension");

    private final Map<ElementDefinition, Optional<String>> urls = new ConcurrentHashMap<>();

    /**
     * Whether {@code element} is certainly not of a slice. False where that is not plain to see: when the slices are not
     * told by url alone, or are all that there may be, so that the words are needed.
     *
     * @param source the profile that has the slice
     * @param slicer the element that is sliced
     */
    boolean isOther(Element element, StructureDefinition source, ElementDefinition slicer, ElementDefinition slice) {
        return NAMES.contains(element.getName())
                && slice.getPath().endsWith("." + element.getName())
                && isOpenByUrl(slicer.getSlicing())
                && urls.computeIfAbsent(slice, any -> url(source, slice))
                        .map(url -> !url.equals(urlOf(element)))
                        .orElse(false);
    }

    /** Not by asking for the child by its name, which asks each child for its type. */
    private static @Nullable String urlOf(Element extension) {
        for (Element child : extension.getChildren()) {
            if (child.getName().equals("url")) {
                return child.primitiveValue();
            }
        }
        return null;
    }

    private static boolean isOpenByUrl(ElementDefinitionSlicingComponent slicing) {
        List<ElementDefinitionSlicingDiscriminatorComponent> discriminators = slicing.getDiscriminator();
        return slicing.getRules() == SlicingRules.OPEN
                && discriminators.size() == 1
                && discriminators.get(0).getType() == DiscriminatorType.VALUE
                && discriminators.get(0).getPath().equals("url");
    }

    /** That of the extension's own definition, or the one that is fixed for a part of an extension. */
    private static Optional<String> url(StructureDefinition source, ElementDefinition slice) {
        List<String> profiles = slice.getType().stream()
                .flatMap(type -> type.getProfile().stream())
                .map(CanonicalType::getValue)
                .toList();
        if (!profiles.isEmpty()) {
            return profiles.size() == 1 ? Optional.of(profiles.get(0).replaceFirst("\\|.*", "")) : Optional.empty();
        }
        String id = slice.getId() + ".url";
        return source.getSnapshot().getElement().stream()
                .filter(below -> id.equals(below.getId()) && below.hasFixed())
                .map(below -> below.getFixed().primitiveValue())
                .findFirst();
    }
}
