// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The origin of records is seen by whoever sees all of them: neither by fewer nor by more. */
class ProvenanceDisclosureApiTest {

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private FhirClient hospital;
    private String clinic;
    private String recipient;
    private String patient;
    private String observation;

    @BeforeEach
    void write() {
        clinic = program.store(invented.organization("Program"));
        recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Herkunft"));
        observation = program.store(invented.observation(patient));
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    @Test
    void aConsentForTheRecordsOpensTheirOriginUntilItIsRevoked() {
        String origin = program.store(origin(observation, patient));
        String ofRecordOnly = program.store(origin(observation));
        hospital.get(ofRecordOnly).send().refusal(404, IssueType.NOTFOUND);

        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        String id = program.store(consent);
        assertShown(ofRecordOnly);
        hospital.get(origin).send().expect(200);

        Consent revoked = Consents.revoked(consent);
        revoked.setId(id);
        program.put(id).body(revoked).send().expect(200);
        assertHidden(ofRecordOnly);
    }

    @Test
    void whoDoesNotSeeOneOfTheRecordsDoesNotSeeTheirOrigin() {
        Observation high = invented.observation(patient);
        high.getMeta().addSecurity(new Coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V", null));
        String hidden = program.store(high);
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));

        assertHidden(program.store(origin(observation, hidden)));
        assertShown(program.store(origin(observation)));
    }

    @Test
    void anOriginThatIsLabelledHigherThanItsRecordsIsHidden() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        Provenance high = origin(observation);
        high.getMeta().addSecurity(new Coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V", null));

        assertHidden(program.store(high));
    }

    @Test
    void anOriginThatTellsOfSomebodyElseIsHidden() {
        String other = program.store(invented.patient("Andere"));
        String ofOther = program.store(invented.observation(other));
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        program.store(Consents.permit(other, clinic, recipient, "TREAT"));

        assertHidden(program.store(origin(observation, ofOther)));
        Provenance naming = origin(observation);
        naming.getAgentFirstRep().setWho(new Reference(other));
        assertHidden(program.store(naming));
        Provenance own = origin(observation);
        own.getAgentFirstRep().setWho(new Reference(patient));
        assertShown(program.store(own));
    }

    @Test
    void anOlderVersionThatToldOfSomethingElseIsHidden() {
        String other = program.store(invented.observation(program.store(invented.patient("Andere"))));
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        String id = program.store(origin(other));
        assertHidden(id);
        Provenance now = origin(observation);
        now.setId(id);
        program.put(id).body(now).send().expect(200);

        assertShown(id);
        hospital.get(id + "/_history/1").send().refusal(404, IssueType.NOTFOUND);
        assertThat(hospital.get(id + "/_history").send().expect(200).text()).doesNotContain(other);
    }

    @Test
    void itIsAccountedForWithItsPatient() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        String id = program.store(origin(observation));
        hospital.get(id).send().expect(200);

        String account = program.as(Callers.patient(new IdType(patient).getIdPart()))
                .get(patient + "/$disclosures")
                .send()
                .expect(200)
                .text();

        assertThat(account).contains(id);
    }

    private void assertShown(String id) {
        assertThat(hospital.get(id).send().expect(200).text()).contains("RedisclosureProhibitionMark");
        assertThat(hospital.get("Provenance?target=" + observation + "&_total=accurate")
                        .send()
                        .matches())
                .contains(id);
        assertThat(hospital.get("Observation?_id=" + new IdType(observation).getIdPart()
                                + "&_revinclude=Provenance:target")
                        .send()
                        .text())
                .contains(id);
    }

    private void assertHidden(String id) {
        hospital.get(id).send().refusal(404, IssueType.NOTFOUND);
        for (String path : List.of(
                "Provenance?target=" + observation,
                "Observation?_id=" + new IdType(observation).getIdPart() + "&_revinclude=Provenance:target",
                patient + "/$everything")) {
            assertThat(hospital.get(path).send().text()).doesNotContain(new IdType(id).getIdPart());
        }
    }

    private Provenance origin(String... targets) {
        Provenance origin = invented.tagged(new Provenance());
        for (String target : targets) {
            origin.addTarget(new Reference(target));
        }
        origin.setRecordedElement(new InstantType("2026-03-04T18:20:00Z"));
        origin.addAgent().setWho(new Reference(clinic));
        return origin;
    }
}
