// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.iopfhir.Labelled.OF_PROGRAM;
import static org.iopfhir.Labelled.basis;
import static org.iopfhir.Labelled.codes;
import static org.iopfhir.Labelled.labelled;
import static org.iopfhir.Labelled.withThoseOfTheProgram;

import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.access.Role;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** A Bundle that is kept as one resource, labelled by another system or by nobody. */
class LabelBundleApiTest {

    private static final String OTHER = "https://fhir.elsewhere.example.org/fhir/";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @ParameterizedTest
    @CsvSource({
        "R SUD, R",
        "V, V",
        "R ETHUD, R ETHUD",
        "R OPIOIDUD, R OPIOIDUD",
        "PSY, R PSY",
        "V PSYTHPN, V PSYTHPN",
        "N, R",
    })
    void labelsADocumentAtLeastAsItsEntriesAre(String ofEntry, String ofDocument) {
        Bundle document = document();
        labelled(document.getEntry().get(1).getResource(), ofEntry.split(" "));

        Bundle read = read(fhir.store(document));

        assertThat(codes(read)).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram(ofDocument));
        assertThat(codes(read.getEntry().get(0).getResource()))
                .containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram(ofDocument));
        assertThat(codes(read.getEntry().get(1).getResource())).containsExactly(ofEntry.split(" "));
        assertThat(basis(read)).isEqualTo("42CFRPart2");
        assertThat(basis(read.getEntry().get(0).getResource())).isEqualTo("42CFRPart2");
    }

    @Test
    void keepsTheLabelsThatADocumentCameWithWhereTheyAreHigher() {
        Bundle document = labelled(document(), "V", "PSYTHPN", "OPIOIDUD");
        labelled(document.getEntry().get(0).getResource(), "R", "ETHUD");

        Bundle read = read(fhir.store(document));

        assertThat(codes(read)).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V PSYTHPN OPIOIDUD ETHUD"));
    }

    @Test
    void labelsADocumentByTheDiagnosesInIt() {
        Bundle document = document();
        add(document, diagnosis("F10.20"));

        Bundle read = read(fhir.store(document));

        assertThat(codes(read)).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("R ETHUD"));
        assertThat(codes(read.getEntry().get(2).getResource())).isEmpty();
    }

    @Test
    void labelsACollectionAsItsEntries() {
        Bundle collection = document();
        collection.setType(Bundle.BundleType.COLLECTION);
        labelled(collection.getEntry().get(1).getResource(), "V");

        Bundle read = read(fhir.store(collection));

        assertThat(codes(read)).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
        assertThat(codes(read.getEntry().get(0).getResource())).isEmpty();
    }

    @Test
    void changesNothingThatASignatureCovers() {
        Bundle document = signed(document());
        labelled(document.getEntry().get(1).getResource(), "V");

        Bundle read = read(fhir.store(document));

        assertThat(codes(read)).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V"));
        assertThat(codes(read.getEntry().get(0).getResource())).isEmpty();
    }

    @Test
    void storesTheSameDocumentOnlyOnce() {
        Bundle document = document();
        labelled(document.getEntry().get(1).getResource(), "V", "ETHUD");
        String id = fhir.store(document);
        document.setId(id);

        assertThat(fhir.put(id).body(document).send().expect(200).header("ETag"))
                .isEqualTo("W/\"1\"");
        assertThat(fhir.put(id).body(read(id)).send().expect(200).header("ETag"))
                .isEqualTo("W/\"1\"");
    }

    @Test
    void keepsADocumentHighWhoseEntriesAreReplacedByLowerOnes() {
        Bundle high = document();
        labelled(high.getEntry().get(1).getResource(), "V", "ETHUD");
        String id = fhir.store(high);
        Bundle low = document();
        low.setId(id);

        fhir.put(id).body(low).send().expect(200);

        assertThat(codes(read(id))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V ETHUD"));
        fhir.put(id).body(labelled(low, "R")).send().refusal(403, IssueType.FORBIDDEN);
    }

    @ParameterizedTest
    @ValueSource(strings = {"transaction", "batch"})
    void handsTheLabelsOfATransactionDownToWhatHasNone(String type) {
        Bundle bundle = labelled(type.equals("batch") ? Invented.batch() : Invented.transaction(), "V", "ETHUD");
        Invented.post(bundle, Invented.placeholder(), invented.patient("Paket"));
        Invented.post(bundle, Invented.placeholder(), labelled(invented.patient("Packung"), "R"));
        Invented.post(bundle, Invented.placeholder(), invented.organization("Etikettenfrei"));

        List<Resource> stored = fhir.process(bundle).expect(200).bundle().getEntry().stream()
                .map(entry -> entry.getResponse().getLocation())
                .map(id -> fhir.get(id).send().expect(200).resource())
                .toList();

        assertThat(codes(stored.get(0))).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V ETHUD"));
        assertThat(codes(stored.get(1))).containsExactlyInAnyOrder(OF_PROGRAM);
        assertThat(codes(stored.get(2))).isEmpty();
    }

    @Test
    void doesNotLowerByALabelOfTheWholeTransaction() {
        String id = fhir.store(labelled(invented.patient("Paket"), "V"));
        Bundle transaction = labelled(Invented.transaction(), "R", "ETHUD");
        Invented.put(transaction, id, invented.patient("Packung"));

        fhir.process(transaction).expect(200);

        assertThat(codes(fhir.get(id).send().expect(200).resource()))
                .containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("V ETHUD"));
    }

    @Test
    void labelsWhatTheServerLoadsByItself() {
        String id = "Patient/" + UUID.randomUUID();
        Bundle story = Invented.transaction();
        Invented.put(story, id, invented.patient("Geschichte"));

        RunningServer.bean(BundleStore.class).store(story);

        assertThat(codes(fhir.get(id).send().expect(200).resource())).containsExactlyInAnyOrder(OF_PROGRAM);
    }

    @ParameterizedTest
    @CsvSource({"ETHUD, R ETHUD", "N SUD, R SUD", "SUD PSY, R SUD PSY", "U OPIOIDUD, R OPIOIDUD", "N R SUD, R SUD"})
    void restrictsAnEntryThatAnotherSystemHasLabelledAsOfSubstanceUse(String sent, String stored) {
        Bundle document = document();
        labelled(document.getEntry().get(1).getResource(), sent.split(" "));

        Answer told = fhir.post("Bundle/$validate").body(document).send().expect(200);
        Bundle read = read(fhir.store(document));

        assertThat(told.as(OperationOutcome.class).getIssue())
                .anySatisfy(issue -> assertThat(issue.getSeverity()).isEqualTo(IssueSeverity.WARNING))
                .noneMatch(issue -> issue.getSeverity() == IssueSeverity.ERROR);
        assertThat(told.text()).contains("iop-part2-label");
        assertThat(codes(read.getEntry().get(1).getResource())).containsExactlyInAnyOrder(stored.split(" "));
    }

    @Test
    void acceptsASignedDocumentAsItWasLabelled() {
        Bundle document = signed(document());
        labelled(document.getEntry().get(1).getResource(), "N", "SUD");

        Bundle read = read(fhir.store(document));

        assertThat(codes(read.getEntry().get(1).getResource())).containsExactly("N", "SUD");
        assertThat(codes(read)).containsExactlyInAnyOrderElementsOf(withThoseOfTheProgram("R"));
    }

    private Bundle read(String id) {
        // What is labelled as counseling notes and has no author here is shown to nobody else.
        return fhir.as(Callers.staff(Role.MEDICAL_DIRECTOR))
                .get(id)
                .send()
                .expect(200)
                .bundle();
    }

    private Bundle document() {
        String number = UUID.randomUUID().toString();
        Composition summary = new Composition();
        summary.setId("summary");
        summary.setStatus(Composition.CompositionStatus.FINAL);
        summary.getType().setText("Summary");
        summary.setDateElement(new org.hl7.fhir.r4.model.DateTimeType("2026-05-01T10:00:00Z"));
        summary.setTitle("Summary");
        summary.setSubject(new Reference("Patient/p"));
        summary.addAuthor(new Reference().setDisplay("Inventia Schreiber"));
        summary.addSection()
                .setTitle("Problems")
                .getText()
                .setStatus(org.hl7.fhir.r4.model.Narrative.NarrativeStatus.ADDITIONAL)
                .setDivAsString("<div xmlns=\"http://www.w3.org/1999/xhtml\">None</div>");
        Bundle document = new Bundle().setType(Bundle.BundleType.DOCUMENT);
        document.getIdentifier().setSystem(Invented.SYSTEM).setValue(number);
        document.setTimestampElement(new InstantType("2026-05-01T10:00:00Z"));
        add(document, summary);
        Resource patient = invented.patient("Dokument");
        patient.setId("p");
        add(document, patient);
        return document;
    }

    private static Bundle signed(Bundle document) {
        document.getSignature()
                .setWhenElement(new InstantType("2026-05-01T10:00:00Z"))
                .setWho(new Reference().setDisplay("Inventia Signatur"))
                .setData(new byte[] {1})
                .addType(new Coding("urn:iso-astm:E1762-95:2013", "1.2.840.10065.1.12.1.1", null));
        return document;
    }

    private static Condition diagnosis(String code) {
        Condition condition = new Condition();
        condition.setId("c");
        condition
                .getClinicalStatus()
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/condition-clinical", "active", null));
        condition.getCode().addCoding(new Coding("http://hl7.org/fhir/sid/icd-10-cm", code, null));
        condition.setSubject(new Reference("Patient/p"));
        return condition;
    }

    private static List<BundleEntryComponent> add(Bundle document, Resource resource) {
        document.addEntry()
                .setFullUrl(OTHER + resource.fhirType() + "/"
                        + resource.getIdElement().getIdPart())
                .setResource(resource);
        return document.getEntry();
    }
}
