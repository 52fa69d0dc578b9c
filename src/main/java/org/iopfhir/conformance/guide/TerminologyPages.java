// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeSystem.ConceptDefinitionComponent;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.ConceptMap.ConceptMapGroupComponent;
import org.hl7.fhir.r4.model.ConceptMap.SourceElementComponent;
import org.hl7.fhir.r4.model.ConceptMap.TargetElementComponent;
import org.hl7.fhir.r4.model.ValueSet;
import org.hl7.fhir.r4.model.ValueSet.ConceptReferenceComponent;
import org.hl7.fhir.r4.model.ValueSet.ConceptSetComponent;

/** Writes code systems, value sets and concept maps. */
final class TerminologyPages {
    private final Links links;
    private final Map<String, CodeSystem> systems = new TreeMap<>();

    /** @param systems ours, and the parts of others that are shipped */
    TerminologyPages(Links links, List<CodeSystem> systems) {
        this.links = links;
        systems.forEach(system -> this.systems.put(system.getUrl(), system));
    }

    void write(Page page, CodeSystem system) {
        page.prose(system.getDescription());
        Table table = new Table("Codes of " + Links.title(system), "Code", "Name", "Meaning");
        system.getConcept()
                .forEach(concept -> table.anchored(
                        Links.anchor("code", concept.getCode()),
                        Html.code(concept.getCode()),
                        Html.text(concept.getDisplay()),
                        Html.text(concept.getDefinition())));
        page.section("Codes", table);
    }

    void write(Page page, ValueSet valueSet) {
        page.prose(valueSet.getDescription());
        page.heading("Codes");
        valueSet.getCompose().getInclude().forEach(part -> include(page, part));
        valueSet.getCompose().getExclude().forEach(part -> {
            page.prose("Without:");
            include(page, part);
        });
    }

    private void include(Page page, ConceptSetComponent part) {
        for (CanonicalType other : part.getValueSet()) {
            page.add(Html.p(Html.text("All codes of "), links.to(other.getValue())));
        }
        part.getFilter()
                .forEach(filter -> page.add(Html.p(
                        Html.text("Those of which "),
                        Html.code(filter.getProperty() + " " + filter.getOp().toCode() + " " + filter.getValue()))));
        if (part.hasSystem()) {
            page.add(Html.p(
                    Html.text(part.hasConcept() || part.hasFilter() ? "From " : "All of "),
                    links.to(part.getSystem())));
            page.add(codes(part).html());
        }
    }

    private Table codes(ConceptSetComponent part) {
        Table table = new Table("Codes of " + part.getSystem(), "Code", "Name");
        CodeSystem known = systems.getOrDefault(part.getSystem(), new CodeSystem());
        if (!part.hasConcept() && !part.hasFilter()) {
            known.getConcept()
                    .forEach(concept -> table.row(Html.code(concept.getCode()), Html.text(concept.getDisplay())));
        }
        for (ConceptReferenceComponent concept : part.getConcept()) {
            String display = concept.hasDisplay() ? concept.getDisplay() : display(known, concept.getCode());
            table.row(Html.code(concept.getCode()), Html.text(display));
        }
        return table;
    }

    /** The name of a code, or nothing where its system is not ours to name it. */
    private static String display(CodeSystem system, String code) {
        return system.getConcept().stream()
                .filter(concept -> concept.getCode().equals(code))
                .map(ConceptDefinitionComponent::getDisplay)
                .findFirst()
                .orElse("");
    }

    void write(Page page, ConceptMap map) {
        page.prose(map.getDescription());
        for (ConceptMapGroupComponent group : map.getGroup()) {
            page.add(Html.element(
                    "h2",
                    Html.text("From "),
                    links.to(group.getSource()),
                    Html.text(" to "),
                    links.to(group.getTarget())));
            page.add(translations(group).html());
        }
    }

    private Table translations(ConceptMapGroupComponent group) {
        CodeSystem source = systems.getOrDefault(group.getSource(), new CodeSystem());
        CodeSystem target = systems.getOrDefault(group.getTarget(), new CodeSystem());
        Table table = new Table(
                "Translations from " + group.getSource() + " to " + group.getTarget(),
                "Code",
                "Name",
                "The target is",
                "Target",
                "Remark");
        for (SourceElementComponent element : group.getElement()) {
            for (TargetElementComponent to : element.getTarget()) {
                table.row(
                        Html.code(element.getCode()),
                        Html.text(display(source, element.getCode())),
                        Html.text(to.getEquivalence().toCode()),
                        to.hasCode()
                                ? Html.element(
                                        "span", Html.code(to.getCode()), Html.text(" " + display(target, to.getCode())))
                                : Html.text(""),
                        Html.text(to.getComment()));
            }
        }
        return table;
    }
}
