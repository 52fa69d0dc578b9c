// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A hospital sees what a consent opens to it, and the rest does not exist for it: 42 CFR 2.13, 2.31, 2.33. */
class DisclosureApiTest {

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private FhirClient hospital;
    private String clinic;
    private String recipient;
    private String patient;
    private String observation;

    @BeforeEach
    void store() {
        clinic = program.store(invented.organization("Program"));
        recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Verborgen"));
        observation = program.store(invented.observation(patient));
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    @Test
    void withoutAConsentNothingExists() {
        for (String hidden : List.of(patient, observation)) {
            for (String path : List.of("", "/_history", "/_history/1", "/$meta")) {
                hospital.get(hidden + path).send().refusal(404, IssueType.NOTFOUND);
            }
        }
        hospital.get(patient + "/$everything").send().refusal(404, IssueType.NOTFOUND);
        assertThat(hospital.get("Observation?_total=accurate&subject=" + patient)
                        .send()
                        .bundle()
                        .getTotal())
                .isZero();
        assertThat(hospital.get("Observation?subject.family=Verborgen").send().matches())
                .isEmpty();
        assertThat(hospital.get("Patient?_has:Observation:patient:code=5778-6&" + invented.tagged())
                        .send()
                        .matches())
                .isEmpty();
        assertThat(hospital.get("Patient?_summary=count&" + invented.tagged())
                        .send()
                        .bundle()
                        .getTotal())
                .isZero();
    }

    @Test
    void aConsentOpensTheRecordByEveryRoute() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));

        for (String seen : List.of(patient, observation)) {
            for (String path : List.of("", "/_history", "/_history/1", "/$meta")) {
                hospital.get(seen + path).send().expect(200);
            }
        }
        assertThat(hospital.get("Observation?_total=accurate&subject=" + patient)
                        .send()
                        .bundle()
                        .getTotal())
                .isOne();
        assertThat(hospital.get("Observation?subject.family=Verborgen&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(observation);
        assertThat(hospital.get("Patient?_has:Observation:patient:code=5778-6&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(patient);
        assertThat(hospital.get(patient + "/$everything").send().matches()).contains(patient, observation);
        Bundle included = hospital.get("Observation?_include=Observation:subject&" + invented.tagged())
                .send()
                .expect(200)
                .bundle();
        assertThat(Answer.included(included)).containsExactly(patient);
        Bundle batch = Invented.batch();
        Invented.request(batch, HTTPVerb.GET, observation);
        assertThat(hospital.process(batch)
                        .bundle()
                        .getEntryFirstRep()
                        .getResponse()
                        .getStatus())
                .startsWith("200");
    }

    @Test
    void aConsentIsForItsRecipientAndPurposeAndPatient() {
        String other = program.store(invented.organization("Other hospital"));
        String otherPatient = program.store(invented.patient("Anders"));
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));

        program.as(Callers.partner(other, "TREAT")).get(patient).send().expect(404);
        program.as(Callers.partner(recipient, "HPAYMT")).get(patient).send().expect(404);
        hospital.get(otherPatient).send().expect(404);
        assertThat(hospital.get("Patient?" + invented.tagged()).send().matches())
                .containsExactly(patient);
    }

    @Test
    void whatIsRevokedOrExpiredOpensNothing() {
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        String id = program.store(consent);
        hospital.get(patient).send().expect(200);

        Consent revoked = Consents.revoked(consent);
        revoked.setId(id);
        program.put(id).body(revoked).send().expect(200);
        hospital.get(patient).send().expect(404);

        consent.getProvision().getPeriod().setEndElement(new DateTimeType("2026-02-01"));
        program.store(consent);
        hospital.get(patient).send().expect(404);
    }

    @Test
    void aDeletedConsentOpensNothing() {
        String id = program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital.get(patient).send().expect(200);

        program.delete(id).send().expect(200);

        hospital.get(patient).send().expect(404);
    }

    @Test
    void aRestrictionIsStrongerThanAnyConsent() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT", "HPAYMT"));
        program.store(Consents.restriction(patient, clinic, recipient, "HPAYMT"));

        hospital.get(patient).send().expect(200);
        program.as(Callers.partner(recipient, "HPAYMT")).get(patient).send().expect(404);
    }

    @Test
    void whatIsDeletedIsGoneWithoutATrace() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        program.delete(observation).send().expect(200);

        hospital.get(observation).send().refusal(404, IssueType.NOTFOUND);
        hospital.get(observation + "/_history").send().refusal(404, IssueType.NOTFOUND);
        program.get(observation).send().refusal(410, IssueType.DELETED);
    }
}
