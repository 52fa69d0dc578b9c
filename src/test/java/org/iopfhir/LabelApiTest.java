// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.iopfhir.Labelled.ACT_CODE;
import static org.iopfhir.Labelled.CONFIDENTIALITY;
import static org.iopfhir.Labelled.OF_PROGRAM;
import static org.iopfhir.Labelled.basis;
import static org.iopfhir.Labelled.codes;
import static org.iopfhir.Labelled.labelled;
import static org.iopfhir.Labelled.withThoseOfTheProgram;

import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is stored carries the labels of 42 CFR Part 2, whatever it came with. */
class LabelApiTest {

    private static final String ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String patient = "";

    @BeforeEach
    void patient() {
        patient = fhir.store(invented.patient("Etikett"));
    }

    @Test
    void labelsWhatIsCreated() {
        String id = fhir.store(invented.observation(patient));

        assertThat(codes(read(id))).containsExactlyInAnyOrder(OF_PROGRAM);
        assertThat(codes(read(patient))).containsExactlyInAnyOrder(OF_PROGRAM);
        assertThat(read(id).getMeta().getSecurity())
                .allSatisfy(label -> assertThat(label.getSystem()).isIn(CONFIDENTIALITY, ACT_CODE));
    }

    @Test
    void answersACreateWithItsLabels() {
        Resource answer = fhir.post("Observation")
                .header("Prefer", "return=representation")
                .body(invented.observation(patient))
                .send()
                .expect(201)
                .resource();

        assertThat(codes(answer)).containsExactlyInAnyOrder(OF_PROGRAM);
        assertThat(basis(answer)).isEqualTo("42CFRPart2");
    }

    @Test
    void labelsNothingThatIsAboutNoPatient() {
        assertThat(codes(read(fhir.store(invented.organization("Etikettenfrei")))))
                .isEmpty();
        assertThat(codes(read(fhir.store(invented.practitioner("Namenlos"))))).isEmpty();
        Resource labelled = labelled(invented.practitioner("Benannt"), "V");
        assertThat(codes(read(fhir.store(labelled)))).containsExactly("V");
    }

    @ParameterizedTest
    @CsvSource({
        "N, R",
        "U N, R",
        "R, R",
        "V, V",
        "N V, V",
        "ETHUD, R ETHUD",
        "OPIOIDUD R, R OPIOIDUD",
        "PSY, R PSY",
        "PSYTHPN V, V PSYTHPN",
        "HIV ETH N, R HIV ETH",
        "SUD R 42CFRPart2, R",
    })
    void keepsTheLabelsThatSomethingComesWith(String sent, String stored) {
        Observation observation = invented.observation(patient);
        observation.addPerformer(new Reference(author()));
        String id = fhir.store(labelled(observation, sent.split(" ")));

        assertThat(codes(asAuthor(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram(stored));
    }

    @Test
    void keepsTheLabelsOfAnySystem() {
        Observation observation = invented.observation(patient);
        observation.getMeta().addSecurity("https://example.org/labels", "of-the-county", "Of the county");

        Resource read = read(fhir.store(observation));

        assertThat(read.getMeta().getSecurity("https://example.org/labels", "of-the-county"))
                .isNotNull();
        assertThat(codes(read)).contains(OF_PROGRAM);
    }

    @ParameterizedTest
    @CsvSource({
        ICD_10_CM + ", F10.20, ETHUD",
        ICD_10_CM + ", F11.21, OPIOIDUD",
        "http://snomed.info/sct, 66590003, ETHUD",
        "http://snomed.info/sct, 75544000, OPIOIDUD",
    })
    void labelsADiagnosisByItsCode(String system, String code, String label) {
        String id = fhir.store(diagnosis(system, code));

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("R " + label));
    }

    @Test
    void givesADiagnosisOfAnotherSubstanceNoLabelOfItsOwn() {
        assertThat(codes(read(fhir.store(diagnosis(ICD_10_CM, "F15.20"))))).containsExactlyInAnyOrder(OF_PROGRAM);
    }

    @Test
    void labelsTheReasonOfAnEncounterAsTheDiagnosis() {
        var encounter = invented.encounter(patient);
        encounter.addReasonCode().addCoding(new Coding(ICD_10_CM, "F10.20", null));

        assertThat(codes(read(fhir.store(encounter)))).contains("ETHUD");
    }

    @Test
    void labelsACounselingNoteThatComesWithoutAnyLabel() {
        DocumentReference note = counselingNote();
        note.getAuthor().clear();
        note.addAuthor(new Reference(author()));

        assertThat(codes(asAuthor(fhir.store(note))))
                .containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("R PSYTHPN HIPAAPsyNotes"));
    }

    @Test
    void labelsEachEntryOfATransactionByWhatItIs() {
        String other = fhir.store(invented.observation(patient, "5", "mg"));
        Observation updated = labelled(invented.observation(patient, "6", "mg"), "V");
        updated.setId(other);
        Bundle transaction = Invented.transaction();
        Invented.post(transaction, Invented.placeholder(), diagnosis(ICD_10_CM, "F10.20"));
        Invented.post(transaction, Invented.placeholder(), invented.organization("Etikettenfrei"));
        Invented.put(transaction, other, updated);

        List<String> locations = fhir.process(transaction).expect(200).bundle().getEntry().stream()
                .map(entry -> new IdType(entry.getResponse().getLocation())
                        .toUnqualifiedVersionless()
                        .getValue())
                .toList();

        assertThat(codes(read(locations.get(0)))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("R ETHUD"));
        assertThat(codes(read(locations.get(1)))).isEmpty();
        assertThat(codes(read(locations.get(2)))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
    }

    @Test
    void labelsWhatIsWrittenOnACondition() {
        Patient first = invented.patient("Bedingt");
        String condition = "Patient?identifier=" + invented.token("Bedingt");

        fhir.put(condition).body(labelled(first, "V")).send().expect(201);
        Answer again = fhir.post("Patient")
                .header("If-None-Exist", "identifier=" + invented.token("Bedingt"))
                .body(invented.patient("Bedingt"))
                .send()
                .expect(200);
        fhir.put(condition)
                .body(invented.patient("Bedingt").setActive(true))
                .send()
                .expect(200);
        fhir.put(condition)
                .body(labelled(invented.patient("Bedingt"), "N"))
                .send()
                .refusal(403, IssueType.FORBIDDEN);

        assertThat(codes(read(again.location()))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
    }

    @Test
    void findsByALabel() {
        String high = fhir.store(labelled(invented.observation(patient), "V"));
        String low = fhir.store(invented.observation(patient));
        String query = "Observation?" + invented.tagged() + "&_security=";

        assertThat(Answer.matches(fhir.search(query + CONFIDENTIALITY + "|V"))).containsExactly(high);
        assertThat(Answer.matches(fhir.search(query + CONFIDENTIALITY + "|R"))).containsExactly(low);
        assertThat(Answer.matches(fhir.search(query + ACT_CODE + "|42CFRPart2")))
                .containsExactlyInAnyOrder(high, low);
        assertThat(Answer.matches(
                        fhir.search("Observation?" + invented.tagged() + "&_security:not=" + CONFIDENTIALITY + "|V")))
                .containsExactly(low);
    }

    @Test
    void saysTheBasisWhereverARecordIsShown() {
        String id = fhir.store(invented.observation(patient));

        assertThat(basis(read(id))).isEqualTo("42CFRPart2");
        assertThat(basis(read(id + "/_history/1"))).isEqualTo("42CFRPart2");
        assertThat(fhir.get(id).header("Accept", FhirClient.XML).send().text()).contains("extension-sec-label-basis");
        for (String many : List.of("Observation?" + invented.tagged(), id + "/_history", patient + "/$everything")) {
            assertThat(fhir.search(many).getEntry())
                    .as(many)
                    .isNotEmpty()
                    .extracting(entry -> basis(entry.getResource()))
                    .containsOnly("42CFRPart2");
        }
        Parameters meta = fhir.get(id + "/$meta").send().expect(200).as(Parameters.class);
        assertThat(((Meta) meta.getParameterFirstRep().getValue())
                        .getSecurity(ACT_CODE, "42CFRPart2")
                        .getExtension())
                .hasSize(1);
    }

    @Test
    void letsAPatientWriteButNotLabel() {
        FhirClient app = fhir.as(Callers.patient(new IdType(patient).getIdPart()));
        Observation own = invented.observation(patient);

        String id = app.store(own);
        Observation read = (Observation) read(id);

        assertThat(codes(read)).containsExactlyInAnyOrder(OF_PROGRAM);
        app.post("Observation/$validate").body(read).send().expect(200);
        read.setId((String) null);
        app.post("Observation").body(read).send().expect(201);
        app.post("Observation")
                .body(labelled(invented.observation(patient), "V"))
                .send()
                .refusal(403, IssueType.FORBIDDEN);
    }

    /** A counseling note is shown to nobody else in the program. */
    private Resource asAuthor(String path) {
        return fhir.as(Callers.staff(Role.COUNSELOR))
                .get(path)
                .send()
                .expect(200)
                .resource();
    }

    private String author() {
        Practitioner counselor = invented.practitioner("Counselor");
        counselor.setId("Practitioner/counselor");
        fhir.put("Practitioner/counselor").body(counselor).send();
        return "Practitioner/counselor";
    }

    private Resource read(String path) {
        return fhir.get(path).send().expect(200).resource();
    }

    private Condition diagnosis(String system, String code) {
        Condition condition = invented.tagged(new Condition());
        condition
                .getClinicalStatus()
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", null));
        condition.getCode().addCoding(new Coding(system, code, null));
        condition.setSubject(new Reference(patient));
        return condition;
    }

    private DocumentReference counselingNote() {
        DocumentReference note = invented.tagged(new DocumentReference());
        note.setStatus(org.hl7.fhir.r4.model.Enumerations.DocumentReferenceStatus.CURRENT);
        note.getType()
                .addCoding(
                        new Coding("https://iop-fhir.org/fhir/CodeSystem/iop-document", "sud-counseling-note", null));
        note.addCategory()
                .addCoding(new Coding(
                        "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                        "clinical-note",
                        null));
        note.setSubject(new Reference(patient));
        note.setCustodian(new Reference(fhir.store(invented.organization("Verwahrt"))));
        note.addAuthor(new Reference(fhir.store(invented.practitioner("Zuhörer"))));
        note.addContent()
                .getAttachment()
                .setContentType("application/pdf")
                .setUrl("https://notes.example.org/" + UUID.randomUUID());
        return note;
    }
}
