// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.Element;
import org.hl7.fhir.r4.model.OperationDefinition;
import org.hl7.fhir.r4.model.OperationDefinition.OperationDefinitionParameterComponent;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.SearchParameter;

/** Writes what can be asked of a server: search parameters, operations, capability statements. */
final class ApiPages {
    private static final String EXPECTATION = "http://hl7.org/fhir/StructureDefinition/capabilitystatement-expectation";

    private final Links links;

    ApiPages(Links links) {
        this.links = links;
    }

    void write(Page page, SearchParameter parameter) {
        page.prose(parameter.getDescription());
        Table table = new Table("Search parameter " + parameter.getCode(), "Question", "Answer");
        table.row(Html.text("Asked as"), Html.code(parameter.getCode()));
        table.row(
                Html.text("Of"),
                Html.element(
                        "span",
                        parameter.getBase().stream()
                                .map(base -> Links.type(base.getValue()))
                                .toList()));
        table.row(Html.text("Type"), Html.text(parameter.getType().toCode()));
        if (parameter.hasTarget()) {
            table.row(Html.text("Refers to"), Html.text(joined(parameter.getTarget())));
        }
        table.row(Html.text("Looks at"), Html.code(parameter.getExpression()));
        page.section("How it is used", table);
    }

    void write(Page page, OperationDefinition operation) {
        page.prose(operation.getDescription());
        page.heading("How it is called");
        operation.getResource().forEach(type -> {
            if (operation.getType()) {
                page.add(Html.p(Html.code(type.getValue() + "/$" + operation.getCode())));
            }
            if (operation.getInstance()) {
                page.add(Html.p(Html.code(type.getValue() + "/[id]/$" + operation.getCode())));
            }
        });
        if (operation.getSystem()) {
            page.add(Html.p(Html.code("$" + operation.getCode())));
        }
        Table table = new Table("Parameters of $" + operation.getCode(), "Name", "Use", "Card.", "Type", "Meaning");
        operation.getParameter().forEach(parameter -> parameter(table, "", parameter));
        page.section("Parameters", table);
        page.prose(operation.getComment());
    }

    private static void parameter(Table table, String within, OperationDefinitionParameterComponent parameter) {
        table.row(
                Html.code(within + parameter.getName()),
                Html.text(parameter.getUse().toCode()),
                Html.text(parameter.getMin() + ".." + parameter.getMax()),
                Html.text(parameter.getType()),
                Html.text(parameter.getDocumentation()));
        parameter.getPart().forEach(part -> parameter(table, within + parameter.getName() + ".", part));
    }

    void write(Page page, CapabilityStatement statement) {
        page.prose(statement.getDescription());
        page.prose(statement.getPurpose());
        for (CapabilityStatementRestComponent rest : statement.getRest()) {
            page.heading("As a " + rest.getMode().toCode());
            page.prose(rest.getDocumentation());
            page.prose(rest.getSecurity().getDescription());
            Table whole = whole(rest);
            if (!whole.isEmpty()) {
                page.add(whole.html());
            }
            page.add(resources(rest).html());
        }
    }

    private Table whole(CapabilityStatementRestComponent rest) {
        Table table = new Table("Operations and interactions with the whole", "What", "Expectation");
        rest.getInteraction()
                .forEach(
                        interaction -> table.row(Html.code(interaction.getCode().toCode()), expectation(interaction)));
        rest.getOperation()
                .forEach(operation -> table.row(links.to(operation.getDefinition()), expectation(operation)));
        return table;
    }

    private Table resources(CapabilityStatementRestComponent rest) {
        Table table = new Table(
                "Types of resources",
                "Type",
                "Expectation",
                "Profiles",
                "Interactions",
                "Search parameters",
                "Operations");
        for (CapabilityStatementRestResourceComponent resource : rest.getResource()) {
            table.row(
                    Links.type(resource.getType()),
                    expectation(resource),
                    profiles(resource),
                    Html.text(resource.getInteraction().stream()
                            .map(interaction -> interaction.getCode().toCode() + said(interaction))
                            .collect(Collectors.joining(", "))),
                    Html.text(resource.getSearchParam().stream()
                            .map(parameter -> parameter.getName() + said(parameter))
                            .collect(Collectors.joining(", "))),
                    Html.text(resource.getOperation().stream()
                            .map(operation -> "$" + operation.getName() + said(operation))
                            .collect(Collectors.joining(", "))));
        }
        return table;
    }

    private Html profiles(CapabilityStatementRestResourceComponent resource) {
        List<Html> all = new ArrayList<>();
        resource.getSupportedProfile().forEach(profile -> {
            all.add(Html.text(all.isEmpty() ? "" : ", "));
            all.add(links.to(profile.getValue()));
        });
        return Html.element("span", all);
    }

    private static Html expectation(Element of) {
        return Html.text(code(of).orElse(""));
    }

    /** An expectation behind what it is about, where it is less than SHALL. */
    private static String said(Element of) {
        return code(of).filter(code -> !code.equals("SHALL"))
                .map(code -> " (" + code + ")")
                .orElse("");
    }

    private static Optional<String> code(Element of) {
        return Optional.ofNullable(of.getExtensionByUrl(EXPECTATION))
                .map(extension -> extension.getValue().primitiveValue());
    }

    private static String joined(List<? extends PrimitiveType<?>> values) {
        return values.stream().map(PrimitiveType::getValueAsString).collect(Collectors.joining(", "));
    }
}
