// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import ca.uhn.fhir.context.FhirContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ElementDefinition.ElementDefinitionBindingComponent;
import org.hl7.fhir.r4.model.ElementDefinition.TypeRefComponent;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.Type;

/** Lists the elements of which a profile says something, as they are in the end: with what the base type adds. */
final class ElementTable {
    private final FhirContext fhir;
    private final Links links;

    ElementTable(FhirContext fhir, Links links) {
        this.fhir = fhir;
        this.links = links;
    }

    /** The id of the row of an element. */
    static String anchor(ElementDefinition element) {
        return Links.anchor("element", within(element));
    }

    /** The name of an element inside its type. */
    private static String within(ElementDefinition element) {
        return element.getId().substring(element.getId().indexOf('.') + 1);
    }

    Table of(StructureDefinition profile) {
        Table table = new Table(
                "Elements of " + Links.title(profile), "Element", "Card.", "Must support", "Type", "What it is");
        Map<String, ElementDefinition> complete = profile.getSnapshot().getElement().stream()
                .collect(Collectors.toMap(ElementDefinition::getId, Function.identity()));
        for (ElementDefinition said : profile.getDifferential().getElement()) {
            ElementDefinition element = complete.getOrDefault(said.getId(), said);
            boolean isOnlySliced = said.hasSlicing() && !said.hasShort() && !said.hasMin() && !said.hasMax();
            if (said.getId().contains(".") && !isOnlySliced) {
                table.anchored(
                        anchor(said),
                        Html.code(within(said)),
                        Html.text(element.getMin() + ".." + element.getMax()),
                        Html.text(element.getMustSupport() ? "yes" : ""),
                        types(element),
                        content(said, element));
            }
        }
        return table;
    }

    private Html types(ElementDefinition element) {
        List<Html> all = new ArrayList<>();
        for (TypeRefComponent type : element.getType()) {
            separate(all, " | ");
            List<CanonicalType> named = type.hasTargetProfile() ? type.getTargetProfile() : type.getProfile();
            all.add(Links.type(type.getWorkingCode()));
            if (!named.isEmpty()) {
                all.add(Html.text(" ("));
                for (int i = 0; i < named.size(); i++) {
                    all.add(Html.text(i == 0 ? "" : " | "));
                    all.add(links.to(named.get(i).getValue()));
                }
                all.add(Html.text(")"));
            }
        }
        return Html.element("span", all);
    }

    private Html content(ElementDefinition said, ElementDefinition element) {
        List<Html> all = new ArrayList<>();
        String text = said.hasDefinition() ? said.getDefinition() : "";
        if (said.hasShort()) {
            all.add(Html.element("strong", Html.text(said.getShort())));
        }
        if (!text.isEmpty()) {
            separate(all, ". ");
            all.addAll(Page.inline(text));
        }
        if ((element.hasFixed() || element.hasPattern()) && !isSaidToBe(said)) {
            separate(all, " ");
            all.add(Html.text("Always "));
            all.add(value(element.hasFixed() ? element.getFixed() : element.getPattern()));
        }
        if (said.hasBinding()) {
            separate(all, " ");
            all.add(binding(element.getBinding()));
        }
        return Html.element("span", all);
    }

    /** Whether the profile itself says in words what the value always is. */
    private static boolean isSaidToBe(ElementDefinition said) {
        return said.hasShort() && said.getShort().startsWith("Always ");
    }

    private Html binding(ElementDefinitionBindingComponent binding) {
        return Html.element(
                "span",
                Html.text("Codes: "),
                links.to(binding.getValueSet()),
                Html.text(" (" + binding.getStrength().toCode() + ")"));
    }

    private Html value(Type value) {
        if (value.isPrimitive()) {
            return Html.code(value.primitiveValue());
        }
        if (value instanceof CodeableConcept concept && concept.getCoding().size() == 1 && !concept.hasText()) {
            return links.coding(concept.getCodingFirstRep());
        }
        return Html.code(fhir.newJsonParser().encodeToString(value));
    }

    private static void separate(List<Html> parts, String by) {
        if (!parts.isEmpty()) {
            parts.add(Html.text(by));
        }
    }
}
