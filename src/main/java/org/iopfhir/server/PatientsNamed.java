// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.audit.PatientsOf;

/**
 * Finds the one patient whose record a resource is. What names another as well, in a member of a list, in a focus or in an
 * extension, would tell each of the other, and so is no one's.
 */
final class PatientsNamed {

    private final FhirContext fhir;
    private final PatientsOf owners;

    PatientsNamed(FhirContext fhir, PatientsOf owners) {
        this.fhir = fhir;
        this.owners = owners;
    }

    /** Id of the one patient whose record {@code resource} is; empty when it is of none, or names somebody else too. */
    Optional<String> onlyOne(Resource resource) {
        Set<String> found = new TreeSet<>();
        owners.addTo(found, resource);
        return found.size() == 1 && !namesAnother(resource, found)
                ? Optional.of(found.iterator().next())
                : Optional.empty();
    }

    /** Ids of all Patients that {@code resource} refers to. */
    Set<String> named(Resource resource) {
        return fhir.newTerser().getAllResourceReferences(resource).stream()
                .map(info -> info.getResourceReference().getReferenceElement())
                .filter(reference -> "Patient".equals(reference.getResourceType()) && reference.hasIdPart())
                .map(IIdType::getIdPart)
                .collect(Collectors.toSet());
    }

    private boolean namesAnother(Resource resource, Set<String> known) {
        // Another Patient to which one is linked is the same person.
        return !(resource instanceof Patient || resource instanceof AuditEvent) && !known.containsAll(named(resource));
    }
}
