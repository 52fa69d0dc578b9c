// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.part2;

import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.storage.RecordFinder;
import org.jspecify.annotations.Nullable;

/**
 * Tells which program disclosed: the one that the consent names, else the first of this server.
 *
 * @param finder   reads consents
 * @param settings says which programs there are
 */
public record Sources(RecordFinder finder, Part2Settings settings) {

    private static final String ORGANIZATION = "Organization/";

    /**
     * Who disclosed.
     *
     * @param consent id; {@code null}: without one
     * @param base    of the server, which stands for the program where that has no record
     */
    Reference of(@Nullable String consent, String base) {
        List<String> programs = settings.programs();
        List<String> named = consent == null ? List.of() : organizations(consent);
        Optional<String> program = named.stream()
                .filter(organization ->
                        programs.isEmpty() || programs.contains(organization.substring(ORGANIZATION.length())))
                .findFirst()
                .or(() -> programs.stream().map(ORGANIZATION::concat).findFirst());
        return program.map(Reference::new)
                .orElseGet(() -> new Reference(base + "/metadata").setDisplay("The server of the program"));
    }

    private List<String> organizations(String consent) {
        return finder.now().read(List.of("Consent/" + consent)).stream()
                .flatMap(found -> found instanceof Consent read ? read.getOrganization().stream() : Stream.empty())
                .map(Reference::getReference)
                .filter(reference -> reference != null && reference.startsWith(ORGANIZATION))
                .toList();
    }
}
