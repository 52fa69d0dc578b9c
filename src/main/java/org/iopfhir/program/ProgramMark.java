// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.program;

import java.util.List;
import org.hl7.fhir.r4.model.CodeableConcept;

/** Tells the records of an intensive outpatient program from those of others. */
final class ProgramMark {
    private static final String SYSTEM = "https://iop-fhir.org/fhir/CodeSystem/iop-program";

    private ProgramMark() {}

    static boolean isOn(List<CodeableConcept> concepts) {
        return concepts.stream().anyMatch(concept -> concept.hasCoding(SYSTEM, "iop"));
    }
}
