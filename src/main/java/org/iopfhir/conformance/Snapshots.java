// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import java.util.List;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.SnapshotGeneratingValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.common.hapi.validation.validator.WorkerContextValidationSupportAdapter;
import org.hl7.fhir.r4.model.StructureDefinition;

/** Complete our differentials with the snapshots that HAPI generates from them. */
final class Snapshots {
    private final SnapshotGeneratingValidationSupport generator;
    private final PrePopulatedValidationSupport ours;
    private final ValidationSupportContext context;

    Snapshots(FhirContext fhir, IValidationSupport core) {
        this.ours = new PrePopulatedValidationSupport(fhir);
        ValidationSupportChain chain = new ValidationSupportChain(ours, core);
        // One worker for all: HAPI would else convert all of R4 again for each profile.
        this.generator =
                new SnapshotGeneratingValidationSupport(fhir, new WorkerContextValidationSupportAdapter(chain));
        chain.addValidationSupport(generator);
        this.context = new ValidationSupportContext(chain);
    }

    List<StructureDefinition> complete(List<StructureDefinition> structures) {
        structures.forEach(ours::addStructureDefinition);
        return structures.stream().map(this::complete).toList();
    }

    private StructureDefinition complete(StructureDefinition structure) {
        StructureDefinition complete = (StructureDefinition) generator.generateSnapshot(
                context, structure, structure.getUrl(), structure.getUrl(), structure.getName());
        if (complete == null || !complete.hasSnapshot()) {
            throw new IllegalStateException("No snapshot could be made for " + structure.getUrl());
        }
        return structure.copy().setSnapshot(complete.getSnapshot());
    }
}
