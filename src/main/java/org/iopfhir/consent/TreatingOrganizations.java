// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CareTeam;
import org.hl7.fhir.r4.model.Coverage;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/**
 * Which Organizations a record of the program makes a treating provider or payer of its patient, so that a general
 * designation of those in a consent means them (2.11, 2.31(a)(4)).
 */
public final class TreatingOrganizations {

    private static final String ORGANIZATION = "Organization/";

    private TreatingOrganizations() {}

    /** Whether a resource of that type can name any. */
    public static boolean mayBeIn(String type) {
        return Set.of("Patient", "CareTeam", "Coverage").contains(type);
    }

    /** Ids of those that {@code resource} names. */
    public static Set<String> in(Resource resource) {
        Stream<Reference> named = Stream.empty();
        if (resource instanceof Patient patient) {
            named = patient.getGeneralPractitioner().stream();
        } else if (resource instanceof CareTeam team && isCurrent(team)) {
            named = team.getParticipant().stream()
                    .flatMap(participant -> Stream.of(participant.getMember(), participant.getOnBehalfOf()));
        } else if (resource instanceof Coverage coverage && coverage.getStatus() == Coverage.CoverageStatus.ACTIVE) {
            named = coverage.getPayor().stream();
        }
        Set<String> ids = new TreeSet<>();
        named.map(Reference::getReference)
                .filter(reference -> reference != null && reference.startsWith(ORGANIZATION))
                .forEach(reference -> ids.add(reference.substring(ORGANIZATION.length())));
        return ids;
    }

    private static boolean isCurrent(CareTeam team) {
        return !team.hasStatus() || team.getStatus() == CareTeam.CareTeamStatus.ACTIVE;
    }
}
