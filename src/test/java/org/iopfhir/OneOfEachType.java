// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.hl7.fhir.r4.model.Resource;

/** One invented resource of each stored type, from {@code one-of-each-type.jsonl}. */
final class OneOfEachType {

    static final List<Resource> ALL = inventory();

    private OneOfEachType() {}

    static Resource example(String type) {
        return ALL.stream()
                .filter(resource -> resource.fhirType().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no example of " + type));
    }

    private static List<Resource> inventory() {
        try (InputStream in = Objects.requireNonNull(
                OneOfEachType.class.getResourceAsStream("one-of-each-type.jsonl"), "no inventory")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line ->
                            (Resource) FhirContext.forR4Cached().newJsonParser().parseResource(line))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }
}
