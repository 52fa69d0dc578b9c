// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import ca.uhn.fhir.fhirpath.IFhirPathEvaluationContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.SearchParameter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SearchParametersTest {
    private static final Map<String, Set<String>> VALUE = Map.of(
            "token", Set.of("CodeableConcept", "Coding", "Identifier", "boolean"),
            "date", Set.of("dateTime"),
            "uri", Set.of("uri"),
            "quantity", Set.of("Quantity"),
            "number", Set.of("unsignedInt"),
            "reference", Set.of("Reference"));

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final Conformance conformance = Conformance.open(fhir);

    @Test
    void eachFindsAValueOfItsKindInSomeExample() {
        IFhirPath fhirPath = fhir.newFhirPath();

        assertThat(conformance.iop().searchParameters())
                .hasSameSizeAs(Sources.json(Sources.PROFILES.resolve("search")))
                .allSatisfy(parameter -> assertThat(values(fhirPath, parameter))
                        .as(parameter.getIdElement().getIdPart())
                        .isNotEmpty()
                        .allSatisfy(
                                value -> assertThat(VALUE.get(type(parameter))).contains(value.fhirType())));
    }

    private List<IBase> values(IFhirPath fhirPath, SearchParameter parameter) {
        List<IBase> values = new ArrayList<>();
        for (Resource example : conformance.iop().examples()) {
            fhirPath.setEvaluationContext(new Inside(example));
            if (example.fhirType().equals(parameter.getBase().get(0).getCode())) {
                values.addAll(fhirPath.evaluate(example, parameter.getExpression(), IBase.class));
            }
        }
        return values;
    }

    /** Resolves what refers to another entry of the same document. */
    private record Inside(Resource example) implements IFhirPathEvaluationContext {
        @Override
        public @Nullable IBase resolveReference(IIdType reference, @Nullable IBase context) {
            return example instanceof Bundle document
                    ? document.getEntry().stream()
                            .filter(entry -> entry.getFullUrl().endsWith("/" + reference.getValue()))
                            .map(Bundle.BundleEntryComponent::getResource)
                            .findFirst()
                            .orElse(null)
                    : null;
        }
    }

    private static String type(SearchParameter parameter) {
        return parameter.getType().toCode();
    }
}
