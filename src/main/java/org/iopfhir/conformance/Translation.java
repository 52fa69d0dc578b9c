// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.support.TranslateConceptResult;
import ca.uhn.fhir.context.support.TranslateConceptResults;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.UriType;
import org.jspecify.annotations.Nullable;

/** The answer of {@code ConceptMap/$translate} in the form of the spec. */
final class Translation {

    private Translation() {}

    /**
     * The matches as Parameters.
     *
     * @param results {@code null} where no map of the package speaks of the code
     */
    static Parameters asParameters(@Nullable TranslateConceptResults results) {
        Parameters answer = new Parameters();
        if (results == null) {
            answer.addParameter("result", false);
            answer.addParameter("message", "No concept map here speaks of this code");
            return answer;
        }
        answer.addParameter("result", results.getResult());
        answer.addParameter("message", results.getMessage());
        results.getResults().forEach(result -> match(answer.addParameter(), result));
        return answer;
    }

    private static void match(ParametersParameterComponent match, TranslateConceptResult result) {
        match.setName("match");
        match.addPart().setName("equivalence").setValue(new CodeType(result.getEquivalence()));
        if (result.getCode() != null) {
            match.addPart()
                    .setName("concept")
                    .setValue(new Coding(result.getSystem(), result.getCode(), result.getDisplay()));
        }
        match.addPart().setName("source").setValue(new UriType(result.getConceptMapUrl()));
    }
}
