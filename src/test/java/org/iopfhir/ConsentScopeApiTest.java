// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CareTeam;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.hl7.fhir.r4.model.Coverage;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** How far a consent reaches: time, recipients by class, exceptions, and what needs a consent of its own. */
class ConsentScopeApiTest {

    private static final String ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private String clinic;
    private String recipient;
    private String patient;
    private String observation;

    @BeforeEach
    void store() {
        clinic = program.store(invented.organization("Program"));
        recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Reichweite"));
        observation = program.store(invented.observation(patient));
    }

    private Consent treatment() {
        return Consents.permit(patient, clinic, recipient, "TREAT");
    }

    private void sees(String record, String purpose) {
        program.as(Callers.partner(recipient, purpose)).get(record).send().expect(200);
    }

    private void doesNotSee(String record, String purpose) {
        program.as(Callers.partner(recipient, purpose)).get(record).send().expect(404);
    }

    private String labelled(String label) {
        Observation labelled = invented.observation(patient);
        labelled.getMeta().addSecurity(new Coding(ACT, label, null));
        return program.store(labelled);
    }

    @Test
    void itIsInForceFromItsStartToItsEnd() {
        Consent expired = treatment();
        expired.getProvision().getPeriod().setEndElement(new DateTimeType("2026-02-01"));
        program.store(expired);
        Consent later = treatment();
        later.getProvision().getPeriod().setStartElement(new DateTimeType("2098-01-01"));
        program.store(later);
        Consent signedLater = treatment();
        signedLater.setDateTimeElement(new DateTimeType("2098-01-01"));
        program.store(signedLater);

        doesNotSee(patient, "TREAT");
        program.store(treatment());
        sees(patient, "TREAT");
    }

    @Test
    void whatReplacesItCounts() {
        Consent consent = treatment();
        String id = program.store(consent);
        sees(patient, "TREAT");
        consent.setId(id);
        consent.getProvision().setPurpose(null);
        Consents.purposes(consent.getProvision(), "HPAYMT");

        program.put(id).body(consent).send().expect(200);

        doesNotSee(patient, "TREAT");
        sees(patient, "HPAYMT");
    }

    @Test
    void allWhoTreatAndPayAreThoseWhomARecordNames() {
        program.store(Consents.tpo(patient, clinic));
        doesNotSee(observation, "TREAT");

        CareTeam team = invented.tagged(new CareTeam());
        team.setStatus(CareTeam.CareTeamStatus.ACTIVE).setSubject(new Reference(patient));
        team.addParticipant().setMember(new Reference(recipient));
        opensWhileStored(team, "TREAT");
        Coverage coverage = invented.tagged(new Coverage());
        coverage.setStatus(Coverage.CoverageStatus.ACTIVE).setBeneficiary(new Reference(patient));
        coverage.addPayor(new Reference(recipient));
        opensWhileStored(coverage, "HPAYMT");
        Patient treated = program.get(patient).send().as(Patient.class);
        treated.addGeneralPractitioner(new Reference(recipient));
        program.put(patient).body(treated).send().expect(200);
        sees(observation, "TREAT");
        doesNotSee(observation, "HRESCH");
    }

    private void opensWhileStored(Resource tie, String purpose) {
        String id = program.store(tie);
        sees(observation, purpose);
        program.delete(id).send().expect(200);
        doesNotSee(observation, purpose);
    }

    @Test
    void anIntermediaryReachesThoseOfItsMembersWhoTreatThePatient() {
        try (RunningServer server = RunningServer.start("--iop.part2.intermediaries.exchange=member-a,member-b")) {
            FhirClient own = server.fhir();
            for (String id : List.of("exchange", "member-a", "member-b", "stranger", "clinic")) {
                Resource organization = invented.organization(id).setId(id);
                own.put("Organization/" + id).body(organization).send().expect(201);
            }
            String person = own.store(invented.patient("Vermittelt"));
            for (String treating : List.of("member-a", "stranger")) {
                CareTeam team = invented.tagged(new CareTeam());
                team.setStatus(CareTeam.CareTeamStatus.ACTIVE).setSubject(new Reference(person));
                team.addParticipant().setMember(new Reference("Organization/" + treating));
                own.store(team);
            }
            Consent consent = Consents.permit(person, "Organization/clinic", "Organization/exchange", "TREAT");
            consent.getProvision().setActor(List.of());
            Consents.say(consent, "intermediary", new Reference("Organization/exchange").setDisplay("Exchange"));
            Consents.say(consent, "recipientClass", new CodeType("general-designation"));
            own.store(consent);

            for (String id : List.of("exchange", "member-a")) {
                own.as(Callers.partner(id, "TREAT")).get(person).send().expect(200);
            }
            for (String id : List.of("member-b", "stranger")) {
                own.as(Callers.partner(id, "TREAT")).get(person).send().expect(404);
            }
        }
    }

    @Test
    void aRestrictionHoldsForItsPurposeAndForWhatIsNotDated() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT", "HPAYMT"));
        Consent restriction = Consents.restriction(patient, clinic, recipient, "HPAYMT");
        restriction.getProvision().getDataPeriod().setStartElement(new DateTimeType("2026-01-01"));
        String id = program.store(restriction);
        Observation old = invented.observation(patient);
        old.setEffective(new DateTimeType("2025-03-04"));
        String before = program.store(old);

        sees(observation, "TREAT");
        doesNotSee(observation, "HPAYMT");
        sees(before, "HPAYMT");
        doesNotSee(patient, "HPAYMT");
        program.delete(id).send().expect(200);
        sees(observation, "HPAYMT");
    }

    @Test
    void exceptionsTakeOutByTypeAndByLabel() {
        String psychiatric = labelled("PSY");
        String encounter = program.store(invented.encounter(patient));
        Consent consent = treatment();
        ProvisionComponent byLabel = consent.getProvision().addProvision().setType(ConsentProvisionType.DENY);
        byLabel.addSecurityLabel(new Coding(ACT, "PSY", null));
        ProvisionComponent byType = consent.getProvision().addProvision().setType(ConsentProvisionType.DENY);
        byType.addClass_(new Coding("http://hl7.org/fhir/resource-types", "Encounter", null));
        program.store(consent);

        sees(observation, "TREAT");
        doesNotSee(psychiatric, "TREAT");
        doesNotSee(encounter, "TREAT");
        assertThat(program.as(Callers.partner(recipient, "TREAT"))
                        .get("Observation?" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(observation);
    }

    @Test
    void aDataPeriodLimitsItToRecordsOfThatTime() {
        Consent consent = treatment();
        consent.getProvision().getDataPeriod().setStartElement(new DateTimeType("2026-03-01"));
        consent.getProvision().getDataPeriod().setEndElement(new DateTimeType("2026-03-31"));
        program.store(consent);
        Observation later = invented.observation(patient);
        later.setEffective(new DateTimeType("2026-04-01T00:00:00Z"));
        Observation undated = invented.observation(patient);
        undated.setEffective(null);

        sees(observation, "TREAT");
        doesNotSee(program.store(later), "TREAT");
        doesNotSee(program.store(undated), "TREAT");
    }

    @Test
    void legalProceedingsNeedTheirOwn() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT", "HPAYMT", "HOPERAT"));
        doesNotSee(observation, "HLEGAL");

        Consent own = Consents.permit(patient, clinic, recipient, "HLEGAL");
        Consents.say(own, "legalProceedings", new BooleanType(true));
        program.store(own);

        sees(observation, "HLEGAL");
    }

    @Test
    void whoOptsOutOfFundraisingIsNotAskedForMoney() {
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT", "HMARKT");
        Consents.say(consent, "fundraisingOptOut", new BooleanType(true));
        String id = program.store(consent);

        sees(observation, "TREAT");
        doesNotSee(observation, "HMARKT");
        program.delete(id).send().expect(200);
        program.store(Consents.permit(patient, clinic, recipient, "TREAT", "HMARKT"));
        sees(observation, "HMARKT");
    }

    @Test
    void counselingNotesNeedTheirOwnWhichOpensNothingElse() {
        String note = labelled("PSYTHPN");
        String id = program.store(treatment());
        sees(observation, "TREAT");
        doesNotSee(note, "TREAT");
        program.delete(id).send().expect(200);

        program.store(Consents.ofNotes(patient, clinic, recipient));

        sees(note, "TREAT");
        doesNotSee(observation, "TREAT");
        doesNotSee(patient, "TREAT");
    }
}
