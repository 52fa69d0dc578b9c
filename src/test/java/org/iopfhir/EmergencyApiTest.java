// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.List;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Task;
import org.iopfhir.access.Role;
import org.iopfhir.storage.journal.DisclosedRow;
import org.iopfhir.storage.journal.DisclosureJournal;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Trail;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A hospital opens a record in a medical emergency: 42 CFR 2.51. */
class EmergencyApiTest {

    private static final String OPERATION = "Patient/$emergency-access";

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private String hospital;
    private String patient;
    private String observation;
    private FhirClient emergencyRoom;

    @BeforeEach
    void store() {
        hospital = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Notfall"));
        observation = program.store(invented.observation(patient));
        emergencyRoom = program.as(Callers.partner(hospital, "ETREAT"));
    }

    @Test
    void theRecordIsOpenAfterTheStatementAndOnlyThisOne() {
        String other = program.store(invented.patient("Anders"));
        emergencyRoom.get(observation).send().expect(404);

        Parameters opened = emergencyRoom
                .post(OPERATION)
                .body(statement())
                .send()
                .expect(200)
                .as(Parameters.class);

        assertThat(opened.getParameter("until").getValue()).isInstanceOf(InstantType.class);
        emergencyRoom.get(observation).send().expect(200);
        assertThat(emergencyRoom.get("Observation?subject=" + patient).send().matches())
                .containsExactly(observation);
        assertThat(emergencyRoom.get(patient + "/$everything").send().matches()).contains(observation);
        emergencyRoom.get(other).send().expect(404);
        program.as(Callers.partner("Organization/somebody-else", "ETREAT"))
                .get(observation)
                .send()
                .expect(404);
    }

    @ParameterizedTest
    @ValueSource(strings = {"purpose", "personnel", "affiliation", "nature", "patient"})
    void whatIsNotSaidIsAskedForBeforeAnythingIsTold(String missing) {
        Parameters statement = statement();
        statement.getParameter().removeIf(parameter -> parameter.getName().equals(missing));

        OperationOutcome outcome =
                emergencyRoom.post(OPERATION).body(statement).send().refusal(400, IssueType.REQUIRED);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).startsWith(missing);
        emergencyRoom.get(observation).send().expect(404);
    }

    @Test
    void anotherPurposeOpensNothing() {
        Parameters statement = statement();
        statement.getParameter("purpose").setValue(new CodeType("TREAT"));

        emergencyRoom.post(OPERATION).body(statement).send().refusal(400, IssueType.REQUIRED);
    }

    @Test
    void thePatientIsFoundByIdentifierOrByNameAndBirthDate() {
        Patient named = invented.patient("Gerufen");
        named.setBirthDateElement(new org.hl7.fhir.r4.model.DateType("1990-02-03"));
        String id = program.store(named);
        Parameters byName = withoutPatient();
        byName.addParameter().setName("family").setValue(new StringType("Gerufen"));
        byName.addParameter().setName("birthDate").setValue(new org.hl7.fhir.r4.model.DateType("1990-02-03"));
        byName.addParameter().setName("identifier").setValue(new StringType(invented.token("Gerufen")));

        Parameters opened =
                emergencyRoom.post(OPERATION).body(byName).send().expect(200).as(Parameters.class);

        assertThat(((Reference) opened.getParameter("patient").getValue()).getReference())
                .isEqualTo(id);
        Parameters nobody = withoutPatient();
        nobody.addParameter().setName("identifier").setValue(new StringType(invented.token("nobody")));
        emergencyRoom.post(OPERATION).body(nobody).send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void theProgramIsToldAndTheDisclosureAccountedFor() {
        Trail trail = new Trail(program);
        trail.name(emergencyRoom.post(OPERATION)).body(statement()).send().expect(200);
        Answer read = emergencyRoom.get(observation).send().expect(200);

        AuditEvent opening = trail.event();
        assertThat(Trail.patients(opening)).containsExactly(patient);
        Bundle reviews =
                program.search("Task?identifier=https://iop-fhir.org/fhir/emergency-access%7C&patient=" + patient);
        Task review = (Task) reviews.getEntryFirstRep().getResource();
        assertThat(review.getStatus()).isEqualTo(Task.TaskStatus.REQUESTED);
        assertThat(review.getDescription()).contains("Dr. Erfunden", "Notaufnahme", "nicht ansprechbar");
        assertThat(review.getRequester().getReference()).isEqualTo(hospital);
        List<DisclosedRow> rows = accounted();
        assertThat(rows).hasSize(1);
        assertThat(rows.get(0).purpose()).isEqualTo("ETREAT");
        assertThat(rows.get(0).basis()).isEqualTo(new DisclosedRow.Basis(null, "emergency"));
        Resource seen = read.resource();
        assertThat(seen.getMeta()
                        .getSecurity("http://terminology.hl7.org/CodeSystem/v3-ActCode", "RedisclosureProhibitionMark"))
                .isNotNull();
    }

    /** 2.26(a)(3): then also what the patient has restricted; counseling notes never. */
    @Test
    void aRestrictionDoesNotStandInTheWay() {
        program.store(Consents.restriction(patient, "Organization/" + id(hospital), hospital, "TREAT"));
        emergencyRoom.post(OPERATION).body(statement()).send().expect(200);

        emergencyRoom.get(observation).send().expect(200);
    }

    /** What a consent permits and a restriction forbids is not disclosed by that consent. */
    @Test
    void aConsentThatIsRestrictedIsNotTheReason() {
        String consent = program.store(Consents.permit(patient, clinic(), hospital, "TREAT", "ETREAT"));
        emergencyRoom.get(observation).send().expect(200);
        assertThat(accounted().get(0).basis()).isEqualTo(new DisclosedRow.Basis(id(consent), "consent"));
        program.store(Consents.restriction(patient, clinic(), hospital, "TREAT", "ETREAT"));
        emergencyRoom.get(observation).send().expect(404);

        emergencyRoom.post(OPERATION).body(statement()).send().expect(200);
        emergencyRoom.get(observation).send().expect(200);

        assertThat(accounted().get(0).basis()).isEqualTo(new DisclosedRow.Basis(null, "emergency"));
    }

    @Test
    void nobodyElseMayOpenARecord() {
        for (Callers.Who who : List.of(
                Callers.patient(id(patient)),
                Callers.familyMember("relative", id(patient)),
                Callers.staff(Role.COUNSELOR),
                Callers.staff(Role.OPERATOR))) {
            program.as(who).post(OPERATION).body(statement()).send().refusal(403, IssueType.FORBIDDEN);
        }
    }

    private List<DisclosedRow> accounted() {
        DisclosureJournal journal = RunningServer.bean(DisclosureJournal.class);
        journal.bringUpToDate();
        return journal.of(id(patient), Instant.EPOCH, Instant.parse("2999-01-01T00:00:00Z"), 0, 10);
    }

    private String clinic() {
        return program.store(invented.organization("Program"));
    }

    private Parameters statement() {
        Parameters statement = withoutPatient();
        statement.addParameter().setName("patient").setValue(new Reference(patient));
        return statement;
    }

    private static Parameters withoutPatient() {
        Parameters statement = new Parameters();
        statement.addParameter().setName("purpose").setValue(new CodeType("ETREAT"));
        statement.addParameter().setName("personnel").setValue(new StringType("Dr. Erfunden"));
        statement.addParameter().setName("affiliation").setValue(new StringType("Notaufnahme des Hauses"));
        statement.addParameter().setName("nature").setValue(new StringType("Der Patient ist nicht ansprechbar"));
        return statement;
    }

    private static String id(String reference) {
        return reference.substring(reference.indexOf('/') + 1);
    }
}
