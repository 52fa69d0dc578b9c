// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.List;
import org.hl7.fhir.r4.model.ElementDefinition;
import org.hl7.fhir.r4.model.StructureDefinition;

/** Turn the id of an element in a profile into FHIRPath that finds it in a resource. */
final class ElementPath {
    private ElementPath() {}

    static String of(StructureDefinition structure, ElementDefinition element) {
        List<String> steps = List.of(element.getId().split("\\.", -1));
        StringBuilder path = new StringBuilder(
                structure.getType().equals("Extension")
                        ? "descendants().where(url = '" + structure.getUrl() + "')"
                        : structure.getType());
        StringBuilder id = new StringBuilder(steps.get(0));
        for (String step : steps.subList(1, steps.size())) {
            id.append('.').append(step);
            path.append('.').append(step.startsWith("extension:") ? extension(structure, id, step) : plain(step));
        }
        return path.toString();
    }

    private static String plain(String step) {
        return step.replaceAll(":.*", "").replace("[x]", "");
    }

    private static String extension(StructureDefinition structure, StringBuilder id, String step) {
        return structure.getDifferential().getElement().stream()
                .filter(element -> element.getId().contentEquals(id) && element.hasType())
                .map(element -> element.getTypeFirstRep().getProfile().get(0).getValue())
                .findFirst()
                .map(url -> "extension('" + url + "')")
                .orElse("extension('" + step.substring("extension:".length()) + "')");
    }
}
