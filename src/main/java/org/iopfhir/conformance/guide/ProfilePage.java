// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.ElementDefinition.ElementDefinitionConstraintComponent;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.SearchParameter;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.iopfhir.conformance.RequiredProfiles;

/** Writes what a profile or an extension asks for. */
final class ProfilePage {
    private static final String IMPOSE = "http://hl7.org/fhir/StructureDefinition/structuredefinition-imposeProfile";

    private final Links links;
    private final ElementTable elements;
    private final Examples examples;
    private final Map<String, String> requiredWhen;
    private final List<SearchParameter> searchParameters;

    /** @param requiredWhen in words, by the id of the profile */
    ProfilePage(
            Links links,
            ElementTable elements,
            Examples examples,
            Map<String, String> requiredWhen,
            List<SearchParameter> searchParameters) {
        this.links = links;
        this.elements = elements;
        this.examples = examples;
        this.requiredWhen = requiredWhen;
        this.searchParameters = searchParameters;
    }

    void write(Page page, StructureDefinition profile) throws IOException {
        String id = profile.getIdElement().getIdPart();
        page.prose(profile.getDescription());
        if (profile.getType().equals("Extension")) {
            where(page, profile);
        } else {
            requirement(page, profile, id);
        }
        page.section("Elements", elements.of(profile));
        page.prose(
                "What the table does not name is as FHIR R4 has it. What says yes under Must support is an element that a system that conforms handles.");
        page.section("Rules", rules(profile));
        if (!profile.getType().equals("Extension")) {
            page.section("Search parameters", searchParameters(profile.getType()));
        }
        examples.addTo(page, id, rulesOf(profile));
    }

    private static void where(Page page, StructureDefinition extension) {
        Table table = new Table("Elements on which the extension may stand", "Element");
        extension.getContext().forEach(context -> table.row(Html.code(context.getExpression())));
        page.section("Where it stands", table);
    }

    private void requirement(Page page, StructureDefinition profile, String id) {
        page.heading("When it is required");
        page.prose("It is for resources of the type " + profile.getType() + ". A server requires it when: "
                + requiredWhen.getOrDefault(id, "claimed in `meta.profile`")
                + ". A claim in `meta.profile` always counts too.");
        if (profile.hasExtension(RequiredProfiles.APPLIES_WHEN)) {
            String expression = profile.getExtensionByUrl(RequiredProfiles.APPLIES_WHEN)
                    .getValue()
                    .primitiveValue();
            page.add(Html.p(Html.text("As FHIRPath: "), Html.code(expression)));
        }
        for (Extension imposed : profile.getExtensionsByUrl(IMPOSE)) {
            String canonical = imposed.getValue().primitiveValue();
            page.add(Html.p(
                    Html.text("It imposes "), links.to(canonical), Html.text(" of US Core "), Html.code(canonical)));
        }
    }

    private static Set<String> rulesOf(StructureDefinition profile) {
        return profile.getDifferential().getElement().stream()
                .flatMap(element -> element.getConstraint().stream())
                .map(ElementDefinitionConstraintComponent::getKey)
                .collect(Collectors.toSet());
    }

    private static Table rules(StructureDefinition profile) {
        Table table = new Table("Rules of this profile", "Key", "Severity", "What must hold", "Element", "Expression");
        for (ElementDefinition element : profile.getDifferential().getElement()) {
            element.getConstraint()
                    .forEach(rule -> table.anchored(
                            Links.anchor("rule", rule.getKey()),
                            Html.code(rule.getKey()),
                            Html.text(rule.getSeverity().toCode()),
                            Html.text(rule.getHuman()),
                            Html.code(element.getId()),
                            Html.code(rule.getExpression())));
        }
        return table;
    }

    private Table searchParameters(String type) {
        Table table = new Table("Search parameters of this guide for " + type, "Parameter", "Type", "Finds");
        searchParameters.stream()
                .filter(parameter -> parameter.getBase().stream()
                        .anyMatch(base -> base.getValue().equals(type)))
                .forEach(parameter -> table.row(
                        Html.link(Links.file(parameter), Html.code(parameter.getCode())),
                        Html.text(parameter.getType().toCode()),
                        Html.text(parameter.getDescription())));
        return table;
    }
}
