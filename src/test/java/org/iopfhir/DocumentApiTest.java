// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A document is one resource, whatever is in it. */
class DocumentApiTest {

    private static final String OTHER = "https://fhir.elsewhere.example.org/fhir/";

    private final FhirClient fhir = RunningServer.client();
    private final String number = UUID.randomUUID().toString();

    @Test
    void keepsTheEntriesInsideOfTheDocument() {
        Bundle document = document();

        String id = fhir.store(document);

        Bundle read = fhir.get(id).send().expect(200).bundle();
        assertThat(read.getType()).isEqualTo(Bundle.BundleType.DOCUMENT);
        assertThat(read.getEntry())
                .extracting(Bundle.BundleEntryComponent::getFullUrl)
                .containsExactly(OTHER + "Composition/summary", OTHER + "Patient/p", OTHER + "Practitioner/d");
        assertThat(fhir.get("Bundle?identifier=" + number).send().expect(200).matches())
                .containsExactly(id);
        assertThat(fhir.get("Composition?identifier=" + number)
                        .send()
                        .expect(200)
                        .matches())
                .isEmpty();
        assertThat(fhir.get("Patient?identifier=" + number).send().expect(200).matches())
                .isEmpty();
    }

    @Test
    void refusesADocumentWithAWrongSummaryAndSaysWhere() {
        Bundle document = document();
        summary(document)
                .addCategory()
                .addCoding()
                .setSystem("https://iop-fhir.org/fhir/CodeSystem/iop-program")
                .setCode("iop");

        assertThat(fhir.post("Bundle")
                        .body(document)
                        .send()
                        .expect(422)
                        .as(OperationOutcome.class)
                        .getIssue())
                .anySatisfy(issue -> {
                    assertThat(issue.getDetails().getCodingFirstRep().getCode()).isEqualTo("card-section-allergies");
                    assertThat(issue.getExpression().get(0).getValue()).isEqualTo("Bundle.entry[0].resource");
                });
        assertThat(fhir.get("Bundle?identifier=" + number).send().expect(200).matches())
                .isEmpty();
    }

    @Test
    void findsADocumentByThePatientInItAndByItsType() {
        Bundle document = document();
        summary(document).getType().addCoding().setSystem("http://loinc.org").setCode("18761-7");
        String id = fhir.store(document);
        String ofPatient = "Bundle?composition.patient.identifier=" + Invented.SYSTEM + "|" + number;

        assertThat(found(ofPatient)).containsExactly(id);
        assertThat(found(ofPatient + "&type=document&composition.type=http://loinc.org|18761-7"))
                .containsExactly(id);
        assertThat(found(ofPatient + "&composition.type=18842-5")).isEmpty();
        assertThat(found("Bundle?composition.patient.identifier=" + Invented.SYSTEM + "|" + UUID.randomUUID()))
                .isEmpty();
        assertThat(found(ofPatient + "," + Invented.SYSTEM + "|" + UUID.randomUUID()))
                .containsExactly(id);
    }

    @Test
    void findsADocumentWhoseEntriesReferToEachOtherByUuid() {
        Bundle document = document();
        String patient = "urn:uuid:" + UUID.randomUUID();
        document.getEntry().get(1).setFullUrl(patient).getResource().setId((String) null);
        summary(document).setSubject(new Reference(patient));

        String id = fhir.store(document);

        assertThat(found("Bundle?composition.patient.identifier=" + Invented.SYSTEM + "|" + number))
                .containsExactly(id);
    }

    /** HAPI would find nothing, and an empty answer reads as "there is none". */
    @ParameterizedTest
    @ValueSource(
            strings = {
                "Bundle?composition=Composition/1",
                "Bundle?composition.patient=Patient/1",
                "Bundle?composition.patient.name=Dokument",
                "Bundle?composition:Composition.patient.identifier=1",
                "Bundle?composition:missing=false",
                "Bundle?message=MessageHeader/1",
                "Bundle?message.event=x",
                "Bundle?_include=Bundle:composition",
                "Composition?_revinclude=Bundle:composition",
                "Composition?_has:Bundle:composition:type=document"
            })
    void refusesASearchIntoADocumentThatItCannotAnswer(String query) {
        fhir.get(query).send().expect(400);
    }

    @Test
    void leavesOutWhatItCannotAnswerForWhoWantsThat() {
        Bundle answer = fhir.get("Bundle?identifier=" + number + "&composition=1")
                .header("Prefer", "handling=lenient")
                .send()
                .expect(200)
                .bundle();

        assertThat(answer.getLink("self").getUrl()).doesNotContain("composition");
    }

    private List<String> found(String query) {
        return fhir.get(query).send().expect(200).matches();
    }

    private static Composition summary(Bundle document) {
        return (Composition) document.getEntryFirstRep().getResource();
    }

    private Bundle document() {
        Patient patient = new Patient();
        patient.setId("p");
        patient.addIdentifier(identifier());
        patient.addName().setFamily("Dokument");
        Practitioner author = new Practitioner();
        author.setId("d");
        author.addName().setFamily("Autor");
        Composition summary = new Composition();
        summary.setId("summary");
        summary.setIdentifier(identifier());
        summary.setStatus(Composition.CompositionStatus.FINAL);
        summary.getType().setText("Summary");
        summary.setSubject(new Reference("Patient/p"));
        summary.addAuthor(new Reference("Practitioner/d"));
        summary.setDateElement(new DateTimeType("2026-11-06"));
        summary.setTitle("Summary");
        Bundle document = new Bundle();
        document.setType(Bundle.BundleType.DOCUMENT);
        document.setIdentifier(identifier());
        document.setTimestampElement(new InstantType("2026-11-06T16:05:00-07:00"));
        document.addEntry().setFullUrl(OTHER + "Composition/summary").setResource(summary);
        document.addEntry().setFullUrl(OTHER + "Patient/p").setResource(patient);
        document.addEntry().setFullUrl(OTHER + "Practitioner/d").setResource(author);
        return document;
    }

    private Identifier identifier() {
        return new Identifier().setSystem(Invented.SYSTEM).setValue(number);
    }
}
