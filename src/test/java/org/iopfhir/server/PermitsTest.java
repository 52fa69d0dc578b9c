// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.consent.ConsentReader;
import org.iopfhir.storage.disclosure.Permit;
import org.iopfhir.testing.Consents;
import org.junit.jupiter.api.Test;

/** Of which programs a consent is, on a server of several. */
class PermitsTest {

    private static final List<String> PROGRAMS = List.of("clearwater", "stillwater");
    private static final String HOSPITAL = "Organization/hospital";

    private final Consent permission = Consents.permit("Patient/1", "Organization/stillwater", HOSPITAL, "TREAT");
    private final Consent restriction = Consents.restriction("Patient/1", "Organization/stillwater", HOSPITAL, "TREAT");

    @Test
    void aConsentIsOfTheProgramThatItNames() {
        assertThat(custodians(permission, PROGRAMS)).containsExactly("stillwater");
        assertThat(custodians(restriction, PROGRAMS)).containsExactly("stillwater");
        assertThat(custodians(restriction, List.of())).containsExactly(Permit.ANY);
    }

    @Test
    void aConsentOfAnotherProgramIsNoneOfThisServer() {
        assertThat(custodians(permission, List.of("clearwater"))).isEmpty();
        assertThat(custodians(restriction, List.of("clearwater"))).isEmpty();
    }

    @Test
    void whatNamesItsProgramByAnIdentifierRestrictsAllAndPermitsNone() {
        Reference identified = new Reference().setIdentifier(new Identifier().setValue("1740000000"));
        permission.setOrganization(List.of(identified));
        restriction.setOrganization(List.of(identified));

        assertThat(custodians(permission, PROGRAMS)).isEmpty();
        assertThat(custodians(restriction, PROGRAMS)).containsExactly(Permit.ANY);
    }

    @Test
    void whatNamesNoProgramRestrictsAllAndPermitsNone() {
        permission.setOrganization(List.of());
        restriction.setOrganization(List.of());

        assertThat(custodians(permission, PROGRAMS)).isEmpty();
        assertThat(custodians(restriction, PROGRAMS)).containsExactly(Permit.ANY);
    }

    private static List<String> custodians(Consent consent, List<String> programs) {
        return Permits.of(new ConsentReader().read(consent), programs).stream()
                .map(Permit::custodian)
                .toList();
    }
}
