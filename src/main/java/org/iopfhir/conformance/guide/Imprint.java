// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance.guide;

import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;
import org.jspecify.annotations.Nullable;

/** Ends the page of an artifact: its address, its version, whose it is, and where its JSON is. */
final class Imprint {
    private Imprint() {}

    static void add(Page page, MetadataResource artifact, boolean isOfOthers) {
        Table table = new Table("About this artifact", "Question", "Answer");
        table.row(Html.text("Canonical URL"), Html.code(artifact.getUrl()));
        if (artifact.hasVersion()) {
            table.row(Html.text("Version"), Html.text(artifact.getVersion()));
        }
        table.row(Html.text("Status"), Html.text(artifact.getStatus().toCode()));
        String copyright = copyright(artifact);
        if (copyright != null) {
            table.row(Html.text("Copyright"), Html.text(copyright));
        }
        page.section("About", table);
        if (!isOfOthers) {
            String id = artifact.fhirType() + "/" + artifact.getIdElement().getIdPart();
            page.add(Html.p(
                    Html.text("The server has it as "), Html.link("../fhir/" + id, Html.text("JSON")), Html.text(".")));
        }
    }

    private static @Nullable String copyright(MetadataResource artifact) {
        if (artifact instanceof CodeSystem system) {
            return system.getCopyright();
        } else if (artifact instanceof ValueSet valueSet) {
            return valueSet.getCopyright();
        } else if (artifact instanceof ConceptMap map) {
            return map.getCopyright();
        } else if (artifact instanceof Questionnaire questionnaire) {
            return questionnaire.getCopyright();
        }
        return artifact instanceof StructureDefinition profile ? profile.getCopyright() : null;
    }
}
