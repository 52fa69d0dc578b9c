// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.junit.jupiter.api.Test;

/** The words of a counseling note are seen by whoever sees the note, when he asks for them by their id. */
class NoteWordsApiTest extends NoteWorld {
    @Test
    void itsAuthorReadsWhatHeHasWritten() {
        assertThat(words(author, binary)).isEqualTo(WORDS);
        assertThat(words(author, binary + "/_history/1")).isEqualTo(WORDS);
        assertThat(author.get(binary).header("Accept", "text/plain").send().text())
                .isEqualTo(WORDS);
        assertThat(author.get(note).send().expect(200).text()).contains(binary);
    }

    @Test
    void nobodyElseReadsIt() {
        List<FhirClient> others =
                List.of(colleague, program, program.as(Callers.staff(Role.MEDICAL_DIRECTOR)), hospital());
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        program.store(Consents.tpo(patient, clinic));

        for (FhirClient other : others) {
            for (String path : List.of(binary, binary + "/_history", binary + "/_history/1", binary + "/$meta")) {
                other.get(path).send().refusal(404, IssueType.NOTFOUND);
            }
        }
        assertThat(program.as(Callers.patient(new IdType(patient).getIdPart()))
                        .get(binary)
                        .send()
                        .text())
                .isEqualTo(program.as(Callers.patient(new IdType(patient).getIdPart()))
                        .get("Binary/none")
                        .send()
                        .text());
    }

    @Test
    void aConsentOfItsOwnOpensBothUntilItIsRevoked() {
        Consent consent = Consents.ofNotes(patient, clinic, recipient);
        String id = program.store(consent);
        hospital().get(note).send().expect(200);
        assertThat(words(hospital(), binary)).isEqualTo(WORDS);
        assertThat(words(hospital(), binary + "/_history/1")).isEqualTo(WORDS);
        assertThat(hospital()
                        .get(binary)
                        .header("Accept", "text/plain")
                        .send()
                        .as(Binary.class)
                        .getMeta()
                        .getSecurity())
                .anyMatch(label -> "RedisclosureProhibitionMark".equals(label.getCode()));

        Consent revoked = Consents.revoked(consent);
        revoked.setId(id);
        program.put(id).body(revoked).send().expect(200);

        hospital().get(binary).send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void noSearchAndNoHistoryShowsTheWords() {
        program.store(Consents.ofNotes(patient, clinic, recipient));
        Bundle batch = Invented.batch();
        for (FhirClient reader : List.of(author, hospital())) {
            for (String path : List.of(
                    "Binary?_id=" + new IdType(binary).getIdPart() + "&" + BY_LABEL,
                    "Binary?" + BY_LABEL,
                    "Binary?" + invented.tagged(),
                    binary + "/_history",
                    patient + "/$everything",
                    "DocumentReference?" + BY_LABEL + "&_include=*",
                    "Patient?" + invented.tagged() + "&_revinclude=*")) {
                assertSilent(reader.get(path).send().text());
                Invented.request(batch, HTTPVerb.GET, path);
            }
            assertSilent(reader.process(batch).expect(200).text());
        }
        assertThat(author.get("Binary?" + invented.tagged()).send().matches()).isEmpty();
        assertThat(author.get("Binary?" + BY_LABEL + "&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(binary);
    }

    @Test
    void aBatchReadsThemByTheirId() {
        Bundle batch = Invented.batch();
        Invented.request(batch, HTTPVerb.GET, binary);

        Bundle answer = author.process(batch).expect(200).bundle();

        assertThat(words((Binary) answer.getEntryFirstRep().getResource())).isEqualTo(WORDS);
    }

    @Test
    void theEhrOfTheProgramWritesForAnAuthor() {
        List<String> stored = store(program, OTHER_WORDS);

        assertThat(words(author, stored.get(1))).isEqualTo(OTHER_WORDS);
        program.get(stored.get(1)).send().refusal(404, IssueType.NOTFOUND);
        program.post("Binary").body(binary(stored.get(0), WORDS)).send().refusal(400, IssueType.INVALID);
    }

    @Test
    void whoGetsTheNoteGetsItsWords() {
        DocumentReference given = note();
        given.setId(note);
        given.getAuthorFirstRep().setReference("Practitioner/colleague");
        put(author, note, given).send().expect(200);

        assertThat(words(colleague, binary)).isEqualTo(WORDS);
        author.get(binary).send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void whenTheNoteIsDeletedNobodyOutsideReadsItsWords() {
        program.store(Consents.ofNotes(patient, clinic, recipient));
        hospital().get(binary).send().expect(200);

        FhirClient ehrOfAuthor = program.as(Callers.of(
                "ehr",
                claims -> claims.claim("scope", "system/*.cruds user/*.cruds")
                        .claim("fhirUser", AUTHOR)
                        .claim("iop_roles", List.of(Role.PROGRAM_SYSTEM.code()))));
        ehrOfAuthor.delete(note).send().expect(200);

        hospital().get(binary).send().refusal(404, IssueType.NOTFOUND);
        ehrOfAuthor.delete(binary).send().expect(200);
        author.get(binary).send().expect(410);
        assertThat(words(author, binary + "/_history/1")).isEqualTo(WORDS);
    }
}
