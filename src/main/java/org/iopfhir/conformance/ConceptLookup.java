// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeSystem.ConceptDefinitionComponent;
import org.hl7.fhir.r4.model.CodeSystem.ConceptDefinitionDesignationComponent;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Type;
import org.jspecify.annotations.Nullable;

/**
 * Tell of a concept all that its code system says, which HAPI's own lookup does not: it gives the display alone.
 *
 * @see <a href="http://hl7.org/fhir/R4/codesystem-operation-lookup.html">CodeSystem $lookup</a>
 */
final class ConceptLookup {
    private static final String LANGUAGE = "lang.";

    private final CodeSystem system;
    private final Set<String> wanted;

    /** @param wanted the properties that the client asks for; empty for all */
    ConceptLookup(CodeSystem system, Set<String> wanted) {
        this.system = system;
        this.wanted = Set.copyOf(wanted);
    }

    /** Return the answer of the operation, or {@code null} when the system has no such code. */
    @Nullable
    Parameters of(String code) {
        return find(system.getConcept(), null, code);
    }

    private @Nullable Parameters find(
            List<ConceptDefinitionComponent> concepts, @Nullable ConceptDefinitionComponent parent, String code) {
        for (ConceptDefinitionComponent concept : concepts) {
            Parameters found = code.equals(concept.getCode())
                    ? answer(concept, parent)
                    : find(concept.getConcept(), concept, code);
            if (found != null) {
                return found;
            }
        }
        return null;
    }

    private Parameters answer(ConceptDefinitionComponent concept, @Nullable ConceptDefinitionComponent parent) {
        Parameters answer = new Parameters();
        answer.addParameter("name", system.getName());
        if (system.hasVersion()) {
            answer.addParameter("version", system.getVersion());
        }
        answer.addParameter("display", concept.hasDisplay() ? concept.getDisplay() : concept.getCode());
        concept.getDesignation().stream().filter(this::isWanted).forEach(said -> designation(answer, said));
        if (concept.hasDefinition()) {
            property(answer, "definition", new StringType(concept.getDefinition()), null);
        }
        if (parent != null) {
            property(answer, "parent", new CodeType(parent.getCode()), parent.getDisplay());
        }
        for (ConceptDefinitionComponent child : concept.getConcept()) {
            property(answer, "child", new CodeType(child.getCode()), child.getDisplay());
        }
        concept.getProperty().forEach(said -> property(answer, said.getCode(), said.getValue(), null));
        return answer;
    }

    /** @param description how a person reads the value, where that differs */
    private void property(Parameters answer, String code, Type value, @Nullable String description) {
        if (wanted.isEmpty() || wanted.contains(code)) {
            ParametersParameterComponent property = answer.addParameter().setName("property");
            property.addPart().setName("code").setValue(new CodeType(code));
            property.addPart().setName("value").setValue(value);
            if (description != null) {
                property.addPart().setName("description").setValue(new StringType(description));
            }
        }
    }

    private boolean isWanted(ConceptDefinitionDesignationComponent said) {
        return wanted.isEmpty() || wanted.contains("designation") || wanted.contains(LANGUAGE + said.getLanguage());
    }

    private static void designation(Parameters answer, ConceptDefinitionDesignationComponent said) {
        ParametersParameterComponent designation = answer.addParameter().setName("designation");
        if (said.hasLanguage()) {
            designation.addPart().setName("language").setValue(new CodeType(said.getLanguage()));
        }
        if (said.hasUse()) {
            designation.addPart().setName("use").setValue(said.getUse());
        }
        designation.addPart().setName("value").setValue(new StringType(said.getValue()));
    }
}
