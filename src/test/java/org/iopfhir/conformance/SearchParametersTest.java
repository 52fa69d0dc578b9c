// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.fhirpath.IFhirPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBase;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.SearchParameter;
import org.junit.jupiter.api.Test;

class SearchParametersTest {
    private static final Map<String, Set<String>> VALUE = Map.of(
            "token", Set.of("CodeableConcept", "Coding", "boolean"),
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
            if (example.fhirType().equals(parameter.getBase().get(0).getCode())) {
                values.addAll(fhirPath.evaluate(example, parameter.getExpression(), IBase.class));
            }
        }
        return values;
    }

    private static String type(SearchParameter parameter) {
        return parameter.getType().toCode();
    }
}
