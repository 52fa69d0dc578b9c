// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.BaseRuntimeChildDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementCompositeDefinition;
import ca.uhn.fhir.context.BaseRuntimeElementDefinition;
import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Holds the lists in the code against R4 as HAPI knows it. */
class ElementLimitsTest {

    private static FhirContext fhir;

    @BeforeAll
    static void load() {
        fhir = FhirContext.forR4Cached();
    }

    @Test
    void looksAtEveryDecimalOfR4() {
        Set<String> decimals = new TreeSet<>();
        Set<Object> seen = new HashSet<>();

        fhir.getResourceTypes().forEach(type -> collect(fhir.getResourceDefinition(type), decimals, seen));

        assertThat(decimals).hasSizeGreaterThan(40).isSubsetOf(ElementLimits.DECIMALS);
        assertThat(ElementLimits.DECIMALS).isSubsetOf(decimals);
    }

    @Test
    void looksAtEveryNumericSearchParameterOfR4() {
        EnumSet<RestSearchParameterTypeEnum> numeric =
                EnumSet.of(RestSearchParameterTypeEnum.NUMBER, RestSearchParameterTypeEnum.QUANTITY);
        Set<String> names = new TreeSet<>();

        for (String type : fhir.getResourceTypes()) {
            fhir.getResourceDefinition(type).getSearchParams().stream()
                    .filter(parameter -> numeric.contains(parameter.getParamType()))
                    .forEach(parameter -> names.add(parameter.getName()));
        }

        assertThat(names).hasSizeGreaterThan(10).isSubsetOf(QueryLimits.NUMERIC);
    }

    @Test
    void leavesIdentifiersAlone() {
        NumberLimit numbers = new NumberLimit(64, 99);
        ElementLimits elements =
                new ElementLimits(numbers, new QueryLimits(new EdgeSettings.Query(1000, 9, 9), numbers));

        assertThat(elements.concern("value", "identifier")).isFalse();
        assertThat(elements.concern("value", "masterIdentifier")).isFalse();
        assertThat(elements.concern("value", "telecom")).isFalse();
        assertThat(elements.concern("value", "valueQuantity")).isTrue();
        assertThat(elements.concern("value", null)).isTrue();
        assertThat(elements.concern("data", "content")).isFalse();
    }

    private static void collect(
            BaseRuntimeElementCompositeDefinition<?> definition, Set<String> decimals, Set<Object> seen) {
        if (!seen.add(definition.getImplementingClass())) {
            return;
        }
        for (BaseRuntimeChildDefinition child : definition.getChildren()) {
            if (child.getElementName().toLowerCase(Locale.ROOT).endsWith("extension")) {
                continue;
            }
            for (String name : child.getValidChildNames()) {
                BaseRuntimeElementDefinition<?> element = child.getChildByName(name);
                if (element instanceof BaseRuntimeElementCompositeDefinition<?> composite) {
                    collect(composite, decimals, seen);
                } else if (element != null && element.getName().equals("decimal")) {
                    decimals.add(name);
                }
            }
        }
    }
}
