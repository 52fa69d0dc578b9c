// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CareTeam;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentState;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Group;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Parameters.ParametersParameterComponent;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Why somebody sees a record or not, in words; and the words agree with what is shown. */
class ExplainApiTest {

    private static final String ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    private final FhirClient program = RunningServer.client();
    private final FhirClient officer = program.as(Callers.staff(Role.PRIVACY_OFFICER));
    private final Invented invented = new Invented();
    private String clinic;
    private String hospital;
    private String patient;
    private String observation;

    @BeforeEach
    void store() {
        clinic = program.store(invented.organization("Program"));
        hospital = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Fragen"));
        observation = program.store(invented.observation(patient));
    }

    private Parameters explain(String recipient, String purpose, String record) {
        return officer.get(patient + "/$explain-access?recipient=" + recipient + "&purpose=" + purpose + "&record="
                        + record)
                .send()
                .expect(200)
                .as(Parameters.class);
    }

    private static String said(Parameters answer, String name) {
        return answer.getParameter(name).getValue().primitiveValue();
    }

    private static String reasons(Parameters answer) {
        List<String> reasons = new ArrayList<>();
        for (ParametersParameterComponent parameter : answer.getParameter()) {
            if (parameter.getName().equals("consent")) {
                parameter.getPart().stream()
                        .filter(part -> part.getName().equals("reason"))
                        .forEach(part -> reasons.add(part.getValue().primitiveValue()));
            }
        }
        return String.join("; ", reasons);
    }

    private void decides(Parameters answer, String decision, String rule) {
        assertThat(said(answer, "decision") + " by " + said(answer, "rule")).isEqualTo(decision + " by " + rule);
        assertThat(said(answer, "because")).isNotBlank();
    }

    @Test
    void withoutAConsentItSaysThatThereIsNone() {
        Parameters answer = explain(hospital, "TREAT", observation);

        decides(answer, "deny", "no-consent");
        assertThat(said(answer, "because")).contains("has given no consent");
    }

    @Test
    void aConsentThatOpensItIsNamed() {
        String id = program.store(Consents.permit(patient, clinic, hospital, "TREAT"));

        Parameters answer = explain(hospital, "TREAT", observation);

        decides(answer, "permit", "consent");
        assertThat(said(answer, "because")).contains(id);
        assertThat(reasons(answer)).isEqualTo("It permits this");
    }

    @Test
    void eachConsentSaysWhyItDoesNotOpenIt() {
        String other = program.store(invented.organization("Other"));
        program.store(Consents.permit(patient, clinic, other, "HPAYMT"));
        Consent expired = Consents.permit(patient, clinic, hospital, "TREAT");
        expired.getProvision().getPeriod().setEndElement(new DateTimeType("2026-02-01"));
        program.store(expired);
        program.store(Consents.revoked(Consents.permit(patient, clinic, hospital, "TREAT")));
        Consent draft = Consents.permit(patient, clinic, hospital, "TREAT").setStatus(ConsentState.DRAFT);
        program.store(draft);
        program.store(Consents.tpo(patient, clinic));

        Parameters answer = explain(hospital, "TREAT", observation);

        decides(answer, "deny", "no-consent");
        assertThat(reasons(answer))
                .contains("It names " + other + " as recipient, and not this one")
                .contains("It is for HPAYMT, not for TREAT")
                .contains("It expired on 2026-02-02 00:00 UTC")
                .contains("It is not in force: its status is inactive (2.31(c))")
                .contains("its status is draft")
                .contains("no CareTeam, Coverage or general practitioner");
    }

    @Test
    void aRestrictionIsStrongerAndSaysSo() {
        program.store(Consents.permit(patient, clinic, hospital, "HPAYMT"));
        String restriction = program.store(Consents.restriction(patient, clinic, hospital, "HPAYMT"));

        Parameters answer = explain(hospital, "HPAYMT", observation);

        decides(answer, "deny", "restriction");
        assertThat(said(answer, "because")).contains(restriction).contains("stronger");
        decides(explain(hospital, "TREAT", observation), "deny", "no-consent");
        assertThat(reasons(explain(hospital, "TREAT", observation))).contains("this is not restricted by it");
    }

    @Test
    void labelsHigherThanTheConsentAreNamed() {
        Consent consent = Consents.permit(patient, clinic, hospital, "TREAT");
        consent.getProvision().addSecurityLabel(new Coding(ACT, "SUD", null));
        program.store(consent);
        Observation psychiatric = invented.observation(patient);
        psychiatric.getMeta().addSecurity(new Coding(ACT, "PSY", null));
        String hidden = program.store(psychiatric);

        decides(explain(hospital, "TREAT", observation), "permit", "consent");
        Parameters answer = explain(hospital, "TREAT", hidden);
        decides(answer, "deny", "no-consent");
        assertThat(reasons(answer)).contains("It covers what is labelled SUD, but not PSY");
    }

    @Test
    void aCounselingNoteNeedsItsOwn() {
        program.store(Consents.permit(patient, clinic, hospital, "TREAT"));
        Observation note = invented.observation(patient);
        note.getMeta().addSecurity(new Coding(ACT, "PSYTHPN", null));
        String id = program.store(note);

        Parameters answer = explain(hospital, "TREAT", id);
        decides(answer, "deny", "no-consent");
        assertThat(reasons(answer)).contains("counseling note, which needs a consent of its own (2.31(b))");
        program.store(Consents.ofNotes(patient, clinic, hospital));
        decides(explain(hospital, "TREAT", id), "permit", "consent");
        assertThat(reasons(explain(hospital, "TREAT", observation)))
                .contains("It is about counseling notes and nothing else");
    }

    @Test
    void whatIsDeletedForeignOrOfSeveralPatientsGetsASentence() {
        program.store(Consents.permit(patient, clinic, hospital, "TREAT"));
        String other = program.store(invented.patient("Anders"));
        String foreign = program.store(invented.observation(other));
        Group group = invented.tagged(new Group());
        group.setType(Group.GroupType.PERSON).setActual(true);
        group.addMember().setEntity(new Reference(patient));
        group.addMember().setEntity(new Reference(other));
        String session = program.store(group);
        program.delete(observation).send().expect(200);

        decides(explain(hospital, "TREAT", observation), "deny", "deleted");
        decides(explain(hospital, "TREAT", foreign), "deny", "no-record");
        decides(explain(hospital, "TREAT", "Observation/never-was"), "deny", "no-record");
        decides(explain(hospital, "TREAT", session), "deny", "not-of-one-patient");
        decides(explain(hospital, "TREAT", clinic), "permit", "of-no-patient");
        assertThat(said(explain(hospital, "TREAT", foreign), "because"))
                .isEqualTo(said(explain(hospital, "TREAT", "Observation/never-was"), "because"));
    }

    @Test
    void itCanBeAskedForAnotherTimeAndByPost() {
        Consent consent = Consents.permit(patient, clinic, hospital, "TREAT");
        consent.getProvision().getPeriod().setStartElement(new DateTimeType("2098-01-01"));
        program.store(consent);
        Parameters asked = new Parameters();
        asked.addParameter().setName("recipient").setValue(new StringType(hospital));
        asked.addParameter().setName("purpose").setValue(new CodeType("TREAT"));

        Parameters now = officer.post(patient + "/$explain-access")
                .body(asked)
                .send()
                .expect(200)
                .as(Parameters.class);
        asked.addParameter().setName("at").setValue(new DateTimeType("2098-06-01"));
        Parameters later = officer.post(patient + "/$explain-access")
                .body(asked)
                .send()
                .expect(200)
                .as(Parameters.class);

        decides(now, "deny", "no-consent");
        assertThat(reasons(now)).contains("It is not in force before 2098-01-01");
        decides(later, "permit", "consent");
    }

    @Test
    void onlyThePrivacyOfficerMayAskAndOnlyWell() {
        String query = patient + "/$explain-access?recipient=" + hospital;
        for (Callers.Who who : List.of(
                Callers.staff(Role.MEDICAL_DIRECTOR),
                Callers.staff(Role.AUDITOR),
                Callers.programSystem(),
                Callers.partner(hospital, "TREAT"),
                Callers.patient(patient.replaceFirst(".*/", "")))) {
            program.as(who).get(query).send().refusal(403, IssueType.FORBIDDEN);
        }
        officer.get(query).send().expect(200);
        officer.get("Patient/nobody/$explain-access?recipient=" + hospital)
                .send()
                .refusal(404, IssueType.NOTFOUND);
        for (String wrong : List.of(
                patient + "/$explain-access",
                patient + "/$explain-access?recipient=Device/1",
                query + "&purpose=because",
                query + "&record=Spaceship/1",
                query + "&at=someday")) {
            officer.get(wrong).send().expect(400);
        }
    }

    /** Every consent with every recipient, purpose and record: the explanation, its words, and what is really shown. */
    @Test
    void wordsDecisionAndWhatIsShownAgree() {
        String clinicOfOthers = program.store(invented.organization("Treating clinic"));
        CareTeam team = invented.tagged(new CareTeam());
        team.setStatus(CareTeam.CareTeamStatus.ACTIVE).setSubject(new Reference(patient));
        team.addParticipant().setMember(new Reference(clinicOfOthers));
        program.store(team);
        List<String> records = labelledRecords();
        List<String> wrong = new ArrayList<>();
        int permitted = 0;
        int asked = 0;
        for (List<Consent> consents : combinations(clinicOfOthers)) {
            List<String> ids = consents.stream().map(program::store).toList();
            for (String recipient : List.of(hospital, clinicOfOthers)) {
                for (String purpose : List.of("TREAT", "HPAYMT", "COC")) {
                    for (String record : records) {
                        Parameters answer = explain(recipient, purpose, record);
                        boolean permits = said(answer, "decision").equals("permit");
                        int status = program.as(Callers.partner(recipient, purpose))
                                .get(record)
                                .send()
                                .status();
                        boolean opened = outcomes(answer).contains("permits");
                        boolean closed = outcomes(answer).contains("restricts");
                        if (permits != (status == 200) || permits != (opened && !closed)) {
                            wrong.add(ids + " " + recipient + " " + purpose + " " + record + ": " + status + " "
                                    + said(answer, "rule") + " " + outcomes(answer) + " " + reasons(answer));
                        }
                        permitted += permits ? 1 : 0;
                        asked++;
                    }
                }
            }
            ids.forEach(id -> program.delete(id).send().expect(200));
        }

        assertThat(wrong).isEmpty();
        assertThat(permitted).isBetween(asked / 20, asked - asked / 20);
    }

    private List<String> labelledRecords() {
        List<String> records = new ArrayList<>(List.of(patient, observation));
        for (String label : List.of("PSY", "HIV", "PSYTHPN", "ETHUD")) {
            Observation labelled = invented.observation(patient);
            labelled.getMeta().addSecurity(new Coding(ACT, label, null));
            records.add(program.store(labelled));
        }
        Observation undated = invented.observation(patient);
        undated.setEffective(null);
        records.add(program.store(undated));
        return records;
    }

    private static List<String> outcomes(Parameters answer) {
        return answer.getParameter().stream()
                .filter(parameter -> parameter.getName().equals("consent"))
                .flatMap(parameter -> parameter.getPart().stream())
                .filter(part -> part.getName().equals("outcome"))
                .map(part -> part.getValue().primitiveValue())
                .toList();
    }

    private List<List<Consent>> combinations(String treating) {
        Consent all = Consents.permit(patient, clinic, hospital, "TREAT", "HPAYMT");
        Consent tpo = Consents.tpo(patient, clinic);
        Consent withoutPsychiatry = all.copy();
        withoutPsychiatry
                .getProvision()
                .addProvision()
                .setType(Consent.ConsentProvisionType.DENY)
                .addSecurityLabel(new Coding(ACT, "PSY", null));
        Consent notForPayers = all.copy();
        Consent.ProvisionComponent nested = notForPayers.getProvision().addProvision();
        nested.setType(Consent.ConsentProvisionType.DENY);
        Consents.purposes(nested, "HPAYMT");
        Consent onlyDated = all.copy();
        onlyDated.getProvision().getDataPeriod().setStartElement(new DateTimeType("2026-01-01"));
        Consent restrictedTime = Consents.restriction(patient, clinic, hospital, "TREAT");
        restrictedTime.getProvision().getDataPeriod().setStartElement(new DateTimeType("2026-01-01"));
        Consent onlySud = all.copy();
        onlySud.getProvision().addSecurityLabel(new Coding(ACT, "SUD", null));
        Consent later = all.copy();
        later.getProvision().getPeriod().setStartElement(new DateTimeType("2098"));
        return List.of(
                List.of(),
                List.of(all),
                List.of(tpo),
                List.of(tpo, Consents.restriction(patient, clinic, treating, "HPAYMT")),
                List.of(withoutPsychiatry, Consents.ofNotes(patient, clinic, hospital)),
                List.of(notForPayers, tpo),
                List.of(onlyDated),
                List.of(all, restrictedTime),
                List.of(onlySud, later),
                List.of(Consents.revoked(all), later, Consents.permit(patient, clinic, treating, "COC")));
    }
}
