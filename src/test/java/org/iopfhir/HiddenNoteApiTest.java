// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * Nobody of the program can tell from the answer to a write, or from a history, that there is a counseling note that he
 * may not see: 42 CFR 2.11.
 */
class HiddenNoteApiTest {

    private static final String LABELS = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private static final String TEST = "[{\"op\":\"test\",\"path\":\"/resourceType\",\"value\":\"DocumentReference\"}]";

    private final FhirClient program = RunningServer.client();
    private final FhirClient author = program.as(Callers.staff(Role.COUNSELOR));
    private final List<FhirClient> others = List.of(
            program,
            program.as(Callers.staff(Role.MEDICAL_DIRECTOR)),
            program.as(Callers.of(
                    "another counselor",
                    claims -> claims.claim("scope", "user/*.cruds")
                            .claim("fhirUser", "Practitioner/another")
                            .claim("iop_roles", List.of(Role.COUNSELOR.code())))));
    private final Invented invented = new Invented();
    private String patient;
    private String note;

    @BeforeEach
    void write() {
        Practitioner counselor = invented.practitioner("Beraterin");
        counselor.setId("Practitioner/" + Role.COUNSELOR.code());
        program.put("Practitioner/" + Role.COUNSELOR.code()).body(counselor).send();
        patient = program.store(invented.patient("Verborgen"));
        note = author.store(note("a"));
    }

    @Test
    void aWriteToItIsAnsweredLikeOneToNothing() {
        for (FhirClient other : others) {
            assertThat(writes(other, note)).isEqualTo(writes(other, nowhere()));
        }
        author.get(note + "/_history").send().expect(200);
        assertThat(author.get(note).send().expect(200).header("ETag")).isEqualTo("W/\"1\"");
    }

    private List<String> writes(FhirClient client, String id) {
        List<String> answers = new ArrayList<>();
        String name = "nowhere-" + UUID.randomUUID();
        DocumentReference document = document(name);
        document.setId(id);
        String condition = "DocumentReference?_id=" + new IdType(id).getIdPart();
        for (FhirClient.Call call : List.of(
                client.put(id).body(document),
                client.put(id).header("If-Match", "W/\"1\"").body(document),
                client.put("DocumentReference?identifier=" + invented.token(name))
                        .body(document),
                client.patch(id).body("application/json-patch+json", TEST),
                client.patch(condition).body("application/json-patch+json", TEST),
                client.delete(id),
                client.delete(condition),
                client.post("DocumentReference/$validate").body(document))) {
            answers.add(said(call.send(), id));
        }
        for (Bundle bundle : List.of(Invented.batch(), Invented.transaction())) {
            Invented.put(bundle, id, document);
            answers.add(said(client.process(bundle), id));
        }
        return answers;
    }

    @Test
    void namingItIsAnsweredLikeNamingNothing() {
        for (FhirClient other : others) {
            assertThat(naming(other, note)).isEqualTo(naming(other, nowhere()));
        }
        DocumentReference follows = document("c");
        follows.addRelatesTo()
                .setCode(DocumentReference.DocumentRelationshipType.APPENDS)
                .setTarget(new Reference(note));
        author.post("DocumentReference").body(follows).send().expect(201);
    }

    private List<String> naming(FhirClient client, String id) {
        List<String> answers = new ArrayList<>();
        for (String target : List.of(id, "DocumentReference?_id=" + new IdType(id).getIdPart())) {
            Encounter naming = invented.encounter(patient);
            naming.addExtension("https://iop-fhir.org/test/names", new Reference(target));
            answers.add(said(client.post("Encounter").body(naming).send(), id));
            Bundle transaction = Invented.transaction();
            Invented.post(transaction, Invented.placeholder(), naming);
            answers.add(said(client.process(transaction), id));
        }
        assertThat(answers).noneMatch(answer -> answer.startsWith("2"));
        return answers;
    }

    @Test
    void itDoesNotStandInTheWayOfADeletionAndIsNotNamed() {
        String empty = program.store(invented.patient("Leer"));
        Answer none = program.delete(empty).send();

        Answer hidden = program.delete(patient).send();

        assertThat(said(hidden, patient)).isEqualTo(said(none, empty));
        assertThat(hidden.status()).isEqualTo(200);
        author.get(note).send().expect(200);
        // What was deleted comes back, and the note is about it as before.
        var again = invented.patient("Verborgen");
        again.setId(patient);
        program.put(patient).body(again).send().expect(201);
        program.store(invented.encounter(patient));
        assertThat(program.delete(patient).send().expect(409).text())
                .contains("at least one resource has a reference to this resource.\"")
                .doesNotContain(id(note));
    }

    @Test
    void theHistoryOfItsTypeNeitherHoldsNorCountsIt() {
        for (FhirClient other : List.of(program, author)) {
            Map<String, String> before = histories(other);
            String one = author.store(note("d"));
            program.put(one).body(document("e")).send();
            author.store(note("f"));
            assertThat(histories(other)).isEqualTo(before);
        }
        int before = total(program);
        String open = program.store(document("g"));
        assertThat(total(program)).isEqualTo(before + 1);
        assertThat(program.get("DocumentReference/_history?_count=1").send().text())
                .contains(id(open));
    }

    private Map<String, String> histories(FhirClient client) {
        Map<String, String> answers = new TreeMap<>();
        for (String query : List.of("", "?_count=1", "?_count=2&_offset=1", "?_since=2000-01-01T00:00:00Z")) {
            answers.put(
                    query,
                    client.get("DocumentReference/_history" + query)
                            .send()
                            .expect(200)
                            .text()
                            .replaceAll("\"id\":\"[0-9a-f-]{36}\",\"meta\":\\{\"lastUpdated\":\"[^\"]*\"}", "")
                            .replaceAll("\"(lastUpdated|lastModified)\":\"[^\"]*\"", ""));
        }
        return answers;
    }

    private static int total(FhirClient client) {
        return client.get("DocumentReference/_history").send().bundle().getTotal();
    }

    @Test
    void whatItsAuthorCreatedOnAConditionAnotherCreatesOnTheSame() {
        String condition = "identifier=" + invented.token("same");
        String first = author.post("DocumentReference")
                .header("If-None-Exist", condition)
                .body(note("same"))
                .send()
                .expect(201)
                .header("Location");

        Answer second = program.post("DocumentReference")
                .header("If-None-Exist", condition)
                .body(document("same"))
                .send();

        assertThat(second.expect(201).header("Location")).isNotEqualTo(first);
        author.post("DocumentReference")
                .header("If-None-Exist", condition)
                .body(note("same"))
                .send()
                .expect(412);
    }

    @Test
    void aClientGivesItNoId() {
        DocumentReference named = note("named");
        String id = "DocumentReference/chosen-" + UUID.randomUUID().toString().substring(0, 8);
        named.setId(id);
        author.put(id).body(named).send().refusal(422, IssueType.PROCESSING);

        DocumentReference open = document("open");
        open.setId(id);
        program.put(id).body(open).send().expect(201);
        author.put(id).body(named).send().refusal(422, IssueType.PROCESSING);
    }

    @Test
    void aClientMayGiveAnyOtherUuid() {
        String id = "DocumentReference/" + UUID.randomUUID();
        DocumentReference open = document("uuid");
        open.setId(id);
        program.put(id).body(open).send().expect(201);
    }

    /** The whole answer, but for ids and times. */
    private static String said(Answer answer, String id) {
        return (answer.status() + " " + answer.header("Location") + answer.text())
                .replace(id(id), "[id]")
                .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[other]")
                .replaceAll("Took [0-9]+ms", "")
                .replaceAll("\"(lastUpdated|lastModified)\":\"[^\"]*\"", "");
    }

    private static String nowhere() {
        return "DocumentReference/" + new StringBuilder(UUID.randomUUID().toString()).replace(14, 15, "8");
    }

    private static String id(String reference) {
        return new IdType(reference).getIdPart();
    }

    private DocumentReference note(String name) {
        DocumentReference note = document(name);
        note.getMeta().addSecurity(new Coding(LABELS, "PSYTHPN", null));
        note.addAuthor(new Reference("Practitioner/" + Role.COUNSELOR.code()));
        return note;
    }

    private DocumentReference document(String name) {
        DocumentReference document = invented.tagged(new DocumentReference());
        document.addIdentifier().setSystem(Invented.SYSTEM).setValue(invented.tag() + name);
        document.setStatus(org.hl7.fhir.r4.model.Enumerations.DocumentReferenceStatus.CURRENT);
        document.getType().addCoding(new Coding("http://loinc.org", "11506-3", "Progress note"));
        document.addCategory()
                .addCoding(new Coding(
                        "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                        "clinical-note",
                        null));
        document.setSubject(new Reference(patient));
        document.addContent().getAttachment().setContentType("application/pdf").setUrl("https://notes.example.org/1");
        return document;
    }
}
