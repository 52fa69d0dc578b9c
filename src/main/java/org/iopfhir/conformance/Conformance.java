// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;

/**
 * Everything that this room offers, made once at start.
 *
 * @param iop the IG package of this project
 * @param terminology definitions and codes, ours and those of base R4
 * @param check the validation of a resource
 */
public record Conformance(IgPackage iop, Terminology terminology, ResourceCheck check) {

    /**
     * Open what the build put on the class path. Also makes the terminology the validation support of the context, or
     * HAPI would read all of R4 in XML for the first FHIRPath expression.
     */
    public static Conformance open(FhirContext fhir) {
        IgPackage iop = IgPackage.fromClassPath(fhir);
        CoreDefinitions core = CoreDefinitions.fromClassPath(fhir);
        Terminology terminology = new Terminology(fhir, iop, core);
        fhir.setValidationSupport(terminology.outlinedSupport());
        return new Conformance(iop, terminology, new ResourceCheck(fhir, iop, core, terminology));
    }
}
