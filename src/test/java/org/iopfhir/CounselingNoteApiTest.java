// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Practitioner;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.Notes;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** An SUD counseling note is its author's; anybody else needs a consent of its own: 42 CFR 2.11, 2.31(b). */
class CounselingNoteApiTest {

    private static final String BY_TYPE = "type=https://iop-fhir.org/fhir/CodeSystem/iop-document|sud-counseling-note";
    private static final String BY_LABEL = "_security=http://terminology.hl7.org/CodeSystem/v3-ActCode|PSYTHPN";
    private static final String AUTHOR = "Practitioner/" + Role.COUNSELOR.code();

    private final FhirClient program = RunningServer.client();
    private final FhirClient author = program.as(Callers.staff(Role.COUNSELOR));
    private final Invented invented = new Invented();
    private FhirClient hospital;
    private String clinic;
    private String recipient;
    private String patient;
    private String note;

    @BeforeEach
    void write() {
        Practitioner counselor = new Practitioner();
        counselor.addName().setFamily("Beraterin");
        counselor.setId(AUTHOR);
        program.put(AUTHOR).body(counselor).send();
        clinic = program.store(invented.organization("Program"));
        recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Vertraulich"));
        note = author.store(note());
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    @Test
    void itsAuthorReadsItById() {
        for (String path : List.of("", "/_history", "/_history/1", "/$meta")) {
            author.get(note + path).send().expect(200);
        }
    }

    @Test
    void itsAuthorFindsItByAskingForNotesOnly() {
        for (String byName : List.of(BY_TYPE, BY_LABEL)) {
            assertThat(author.get("DocumentReference?" + byName + "&" + invented.tagged())
                            .send()
                            .matches())
                    .containsExactly(note);
        }
        assertNothingByDefault(author);
    }

    @Test
    void nobodyElseOfTheProgramGetsAtIt() {
        for (FhirClient other : List.of(program, program.as(Callers.staff(Role.MEDICAL_DIRECTOR)))) {
            assertHidden(other);
        }
    }

    @Test
    void thePatientDoesNotGetAtIt() {
        assertHidden(program.as(Callers.patient(new IdType(patient).getIdPart())));
    }

    @Test
    void noGeneralConsentOpensIt() {
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        program.store(Consents.tpo(patient, clinic));

        hospital.get(patient).send().expect(200);
        assertHidden(hospital);
    }

    @Test
    void aConsentOfItsOwnOpensItUntilItIsRevoked() {
        Consent consent = Consents.ofNotes(patient, clinic, recipient);
        String id = program.store(consent);
        hospital.get(note).send().expect(200);
        hospital.get(patient).send().refusal(404, IssueType.NOTFOUND);

        Consent revoked = Consents.revoked(consent);
        revoked.setId(id);
        program.put(id).body(revoked).send().expect(200);

        assertHidden(hospital);
    }

    @Test
    void aConsentThatNamesVOpensOneThatIsVeryRestricted() {
        DocumentReference high = note();
        high.getMeta().addSecurity(new Coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V", null));
        String id = author.store(high);
        program.store(Consents.ofNotes(patient, clinic, recipient));
        hospital.get(id).send().refusal(404, IssueType.NOTFOUND);

        Consent consent = Consents.ofNotes(patient, clinic, recipient);
        consent.getProvision()
                .addSecurityLabel(new Coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V", null));
        program.store(consent);

        hospital.get(id).send().expect(200);
        hospital.get(patient).send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void aConsentOfNotesNamesNothingElse() {
        Consent consent = Consents.ofNotes(patient, clinic, recipient);
        consent.getProvision()
                .addSecurityLabel(new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "SUD", null));

        program.post("Consent").body(consent).send().expect(422);
    }

    @Test
    void itsWordsAreNeverStoredWithTheRecord() {
        DocumentReference words = note();
        words.getContentFirstRep()
                .getAttachment()
                .setUrl(null)
                .setData("Said in confidence".getBytes(StandardCharsets.UTF_8));

        author.post("DocumentReference").body(words).send().expect(422);
    }

    private void assertHidden(FhirClient client) {
        for (String path : List.of("", "/_history", "/_history/1", "/$meta")) {
            client.get(note + path).send().refusal(404, IssueType.NOTFOUND);
        }
        for (String byName : List.of(BY_TYPE, BY_LABEL)) {
            assertThat(client.get("DocumentReference?_total=accurate&" + byName + "&subject=" + patient)
                            .send()
                            .text())
                    .doesNotContain(id());
        }
        assertNothingByDefault(client);
    }

    private void assertNothingByDefault(FhirClient client) {
        List<String> paths = List.of(
                "DocumentReference?" + invented.tagged(),
                "DocumentReference?subject=" + patient,
                "Patient?" + invented.tagged() + "&_revinclude=DocumentReference:subject",
                patient + "/DocumentReference",
                patient + "/$everything");
        Bundle batch = Invented.batch();
        for (String path : paths) {
            assertThat(client.get(path).send().text()).as(path).doesNotContain(id());
            Invented.request(batch, HTTPVerb.GET, path);
        }
        assertThat(client.process(batch).expect(200).text()).doesNotContain(id());
        Answer count = client.get("DocumentReference?_summary=count&subject=" + patient)
                .send();
        assertThat(count.expect(200).bundle().getTotal()).isZero();
        Answer had = client.get("Patient?" + invented.tagged() + "&_has:DocumentReference:subject:status=current")
                .send();
        // A patient may not look from one record into others at all.
        assertThat(had.status() == 403 || had.matches().isEmpty()).isTrue();
    }

    private String id() {
        return new IdType(note).getIdPart();
    }

    private DocumentReference note() {
        return new Notes(invented, patient, clinic, AUTHOR).note();
    }
}
