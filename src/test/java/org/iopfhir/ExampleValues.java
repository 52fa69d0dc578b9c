// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import java.util.Map;
import java.util.Objects;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceSearchParamComponent;

/** A value that each kind of search parameter can take. */
final class ExampleValues {

    private static final Map<String, String> BY_TYPE = Map.of(
            "token", "https://example.org/codes|a",
            "string", "a",
            "uri", "https://example.org/a",
            "date", "2026-03-04",
            "quantity", "5",
            "number", "5",
            "reference", "none",
            "special", "42.25|-83.69|10|km");

    private static final Map<String, String> COMPOSITE = Map.ofEntries(
            Map.entry("code-value-concept", "a$b"),
            Map.entry("code-value-date", "a$2026-03-04"),
            Map.entry("code-value-quantity", "a$5"),
            Map.entry("code-value-string", "a$b"),
            Map.entry("combo-code-value-concept", "a$b"),
            Map.entry("combo-code-value-quantity", "a$5"),
            Map.entry("component-code-value-concept", "a$b"),
            Map.entry("component-code-value-quantity", "a$5"),
            Map.entry("characteristic-value", "a$b"),
            Map.entry("context-type-quantity", "a$5"),
            Map.entry("context-type-value", "a$b"));

    private ExampleValues() {}

    static String of(CapabilityStatementRestResourceSearchParamComponent parameter) {
        String kind = parameter.getType().toCode();
        String value = kind.equals("composite") ? COMPOSITE.get(parameter.getName()) : BY_TYPE.get(kind);
        if (parameter.getName().equals("_id")) {
            return "a";
        }
        return Objects.requireNonNull(value, () -> "no example for " + parameter.getName())
                .replace("|", "%7C");
    }
}
