// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** Tells which program keeps a record, where a server has several. */
public final class Custodians {

    private static final String ORGANIZATION = "Organization/";

    private Custodians() {}

    /** Id of that of {@code programs} that {@code resource} names as its keeper; empty when it names none of them. */
    public static Optional<String> of(Resource resource, List<String> programs) {
        return named(resource)
                .map(Reference::getReference)
                .filter(reference -> reference != null && reference.startsWith(ORGANIZATION))
                .map(reference -> reference.substring(ORGANIZATION.length()))
                .filter(programs::contains)
                .findFirst();
    }

    private static Stream<Reference> named(Resource resource) {
        if (resource instanceof Patient patient) {
            return Stream.of(patient.getManagingOrganization());
        } else if (resource instanceof EpisodeOfCare episode) {
            return Stream.of(episode.getManagingOrganization());
        } else if (resource instanceof Encounter encounter) {
            return Stream.of(encounter.getServiceProvider());
        } else if (resource instanceof DocumentReference document) {
            return Stream.of(document.getCustodian());
        } else if (resource instanceof Composition composition) {
            return Stream.of(composition.getCustodian());
        } else if (resource instanceof Consent consent) {
            return consent.getOrganization().stream();
        }
        return Stream.empty();
    }
}
