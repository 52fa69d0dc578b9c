// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import java.util.Objects;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The accounting of disclosures: who, when, what, why and under which consent, 42 CFR 2.25 and 45 CFR 164.528. */
class AccountingApiTest {

    private final FhirClient program = RunningServer.client();
    private final FhirClient officer = program.as(Callers.staff(Role.PRIVACY_OFFICER));
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
        patient = program.store(invented.patient("Zahlen"));
        observation = program.store(invented.observation(patient));
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    private Bundle accounting(FhirClient who, String query) {
        return who.get(patient + "/$disclosures" + query).send().expect(200).bundle();
    }

    private static List<AuditEvent> events(Bundle bundle) {
        return bundle.getEntry().stream()
                .map(entry -> (AuditEvent) entry.getResource())
                .toList();
    }

    private static List<String> whats(AuditEvent event) {
        return event.getEntity().stream()
                .map(entity -> entity.getWhat().getReference())
                .toList();
    }

    @Test
    void aDisclosureIsAccountedForWithWhoWhenWhatWhyAndConsent() {
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        String id = program.store(consent);
        Instant before = Instant.now().minusMillis(1);
        hospital.get(observation).send().expect(200);

        Bundle bundle = accounting(officer, "");

        assertThat(bundle.getType()).isEqualTo(Bundle.BundleType.SEARCHSET);
        assertThat(bundle.getTotal()).isOne();
        AuditEvent event = events(bundle).get(0);
        assertThat(event.getRecorded().toInstant()).isBetween(before, Instant.now());
        assertThat(event.getPurposeOfEventFirstRep().getCodingFirstRep().getCode())
                .isEqualTo("TREAT");
        assertThat(event.getAgent().stream()
                        .filter(agent ->
                                agent.getType().hasCoding("http://dicom.nema.org/resources/ontology/DCM", "110152"))
                        .map(agent -> agent.getWho().getReference()))
                .containsExactly("Organization/" + recipient.replaceFirst(".*/", ""));
        assertThat(event.getSource().getObserver().getReference()).isEqualTo(clinic);
        assertThat(whats(event)).containsExactly(patient, id + "/_history/1", observation + "/_history/1");
        assertThat(bundle.getEntryFirstRep().getFullUrl()).startsWith("urn:uuid:");
    }

    @Test
    void aLineMeetsTheProfileThatItNames() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital.get(patient).send().expect(200);
        AuditEvent event = events(accounting(officer, "")).get(0);

        assertThat(event.getMeta().getProfile())
                .extracting(profile -> profile.getValue())
                .containsExactly("https://iop-fhir.org/fhir/StructureDefinition/iop-audit-event");
        OperationOutcome outcome = program.post("AuditEvent/$validate")
                .body(event)
                .send()
                .expect(200)
                .as(OperationOutcome.class);
        assertThat(outcome.getIssue().stream()
                        .filter(issue -> issue.getSeverity() != IssueSeverity.INFORMATION)
                        .map(issue -> issue.getDiagnostics()))
                .isEmpty();
    }

    @Test
    void theConsentIsNamedInTheVersionThatItHadThen() throws InterruptedException {
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        String id = program.store(consent);
        hospital.get(observation).send().expect(200);
        consent.setId(id);
        Consents.purposes(consent.getProvision(), "HPAYMT");
        program.put(id).body(consent).send().expect(200);
        hospital.get(observation).send().expect(200);

        List<AuditEvent> events = events(accounting(officer, ""));

        assertThat(events).hasSize(2);
        assertThat(whats(events.get(0))).contains(id + "/_history/2");
        assertThat(whats(events.get(1))).contains(id + "/_history/1");
    }

    @Test
    void searchesBundlesAndEverythingAreAccountedForAndHiddenThingsAreNot() {
        hospital.get(observation).send().expect(404);
        assertThat(accounting(officer, "").getTotal()).isZero();
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));

        hospital.get("Observation?" + invented.tagged()).send().expect(200);
        hospital.get(patient + "/$everything").send().expect(200);
        Bundle batch = Invented.batch();
        Invented.request(batch, HTTPVerb.GET, observation);
        hospital.process(batch).expect(200);
        program.get(observation).send().expect(200);

        List<AuditEvent> events = events(accounting(officer, ""));
        assertThat(events).hasSize(3);
        assertThat(events).allSatisfy(event -> assertThat(whats(event)).contains(observation + "/_history/1"));
        assertThat(whats(events.get(1))).contains(patient + "/_history/1");
    }

    @Test
    void itComesInPagesOfOneTimeWithTheTotal() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        for (int i = 0; i < 5; i++) {
            hospital.get(observation).send().expect(200);
        }

        Bundle first = accounting(officer, "?_count=2");
        assertThat(first.getTotal()).isEqualTo(5);
        assertThat(first.getEntry()).hasSize(2);
        assertThat(first.getLink("previous")).isNull();
        hospital.get(observation).send().expect(200);
        Bundle second =
                officer.get(first.getLink("next").getUrl()).send().expect(200).bundle();
        Bundle third =
                officer.get(second.getLink("next").getUrl()).send().expect(200).bundle();

        assertThat(second.getTotal()).isEqualTo(5);
        assertThat(third.getEntry()).hasSize(1);
        assertThat(third.getLink("next")).isNull();
        assertThat(List.of(first, second, third).stream()
                        .flatMap(page -> page.getEntry().stream())
                        .map(entry -> entry.getFullUrl()))
                .doesNotHaveDuplicates()
                .hasSize(5);
        Bundle back = officer.get(third.getLink("previous").getUrl())
                .send()
                .expect(200)
                .bundle();
        assertThat(back.getEntryFirstRep().getFullUrl())
                .isEqualTo(second.getEntryFirstRep().getFullUrl());
        assertThat(accounting(officer, "?_count=0").getEntry()).isEmpty();
        assertThat(accounting(officer, "?_count=0").getTotal()).isEqualTo(6);
    }

    @Test
    void aTimeLimitsIt() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital.get(observation).send().expect(200);

        assertThat(accounting(officer, "?start=2001-02-03&end=2001").getTotal()).isZero();
        assertThat(accounting(officer, "?end=2001-02-03").getTotal()).isZero();
        assertThat(accounting(officer, "?start=2099-02-03").getTotal()).isZero();
        assertThat(accounting(officer, "?start=2020&end=2099-02").getTotal()).isOne();
        officer.get(patient + "/$disclosures?start=soon").send().expect(400);
        officer.get(patient + "/$disclosures?_count=-1").send().expect(400);
    }

    @Test
    void theOfficerTheAuditorAndThePatientHimselfMayAskAndNobodyElse() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital.get(observation).send().expect(200);
        String id = patient.replaceFirst(".*/", "");
        for (Callers.Who who :
                List.of(Callers.staff(Role.PRIVACY_OFFICER), Callers.staff(Role.AUDITOR), Callers.patient(id))) {
            assertThat(accounting(program.as(who), "").getTotal())
                    .as(who.name())
                    .isOne();
        }
        for (Callers.Who who : List.of(
                Callers.staff(Role.MEDICAL_DIRECTOR),
                Callers.staff(Role.COUNSELOR),
                Callers.staff(Role.OPERATOR),
                Callers.programSystem(),
                Callers.partner(recipient, "TREAT"),
                Callers.familyMember("relative", id),
                Callers.staff(Role.PRIVACY_OFFICER, "user/Patient.rs"))) {
            program.as(who).get(patient + "/$disclosures").send().refusal(403, IssueType.FORBIDDEN);
        }
    }

    @Test
    void whoIsNotThereOrSomebodyElseIsNotFound() {
        String other = program.store(invented.patient("Anders"));
        FhirClient self = program.as(Callers.patient(patient.replaceFirst(".*/", "")));

        String absent = self.get("Patient/nobody-at-all/$disclosures")
                .send()
                .refusal(404, IssueType.NOTFOUND)
                .getIssueFirstRep()
                .getDiagnostics();
        String hidden = self.get(other + "/$disclosures")
                .send()
                .refusal(404, IssueType.NOTFOUND)
                .getIssueFirstRep()
                .getDiagnostics();
        assertThat(hidden.replace(other.replaceFirst(".*/", ""), "nobody-at-all"))
                .isEqualTo(absent);
        officer.get("Patient/nobody-at-all/$disclosures").send().refusal(404, IssueType.NOTFOUND);
        officer.get("Patient/$disclosures").send().expect(404);
    }

    @Test
    void whatWasDisclosedStaysAccountedForWhenThePatientAndTheConsentAreDeleted() {
        String id = program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital.get(observation).send().expect(200);
        program.delete(id).send().expect(200);
        program.delete(observation).send().expect(200);
        program.delete(patient).send().expect(200);

        assertThat(accounting(officer, "").getTotal()).isOne();
    }

    @Test
    void askingIsAuditedItself() {
        String before = Objects.requireNonNull(Instant.now().minusMillis(1).toString());
        accounting(officer, "");

        Bundle trail = officer.get("AuditEvent?patient=" + patient + "&date=ge" + before + "&subtype=operation")
                .send()
                .expect(200)
                .bundle();
        assertThat(events(trail))
                .anySatisfy(event -> assertThat(event.getEntity().stream()
                                .filter(entity -> entity.hasQuery())
                                .map(entity -> new String(entity.getQuery(), java.nio.charset.StandardCharsets.UTF_8)))
                        .anyMatch(query -> query.contains("$disclosures")));
    }

    @Test
    void inABatchItIsHeldToTheSameRules() {
        Bundle batch = Invented.batch();
        Invented.request(batch, HTTPVerb.GET, patient + "/$disclosures");

        Bundle refused = program.as(Callers.staff(Role.COUNSELOR))
                .process(batch)
                .expect(200)
                .bundle();
        Bundle answered = officer.process(batch).expect(200).bundle();

        assertThat(refused.getEntryFirstRep().getResponse().getStatus()).startsWith("403");
        assertThat(answered.getEntryFirstRep().getResponse().getStatus()).startsWith("200");
    }
}
