// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

class ConditionalApiTest {

    private static final int WRITERS = 32;

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void createsOnlyWhenNothingMatches() {
        String condition = "identifier=" + invented.token("Einmal");

        Answer first = create(condition, "Einmal").expect(201);
        Answer second = create(condition, "Einmal").expect(200);

        assertThat(second.location()).isEqualTo(first.location());
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
    }

    @Test
    void refusesToChooseAmongMany() {
        fhir.store(invented.patient("Eins"));
        fhir.store(invented.patient("Zwei"));

        create(invented.tagged(), "Drei").refusal(412, IssueType.CONFLICT);
        fhir.put("Patient?" + invented.tagged())
                .body(invented.patient("Drei"))
                .send()
                .refusal(412, IssueType.CONFLICT);
        fhir.delete("Patient?" + invented.tagged()).send().refusal(412, IssueType.CONFLICT);

        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(2);
    }

    @Test
    void updatesTheOneThatMatches() {
        String id = fhir.store(invented.patient("Vorher"));
        Patient changed = invented.patient("Vorher");
        changed.getNameFirstRep().setFamily("Nachher");

        Answer answer = fhir.put("Patient?identifier=" + invented.token("Vorher"))
                .body(changed)
                .send()
                .expect(200);

        assertThat(answer.as(Patient.class)
                        .getIdElement()
                        .toUnqualifiedVersionless()
                        .getValue())
                .isEqualTo(id);
        assertThat(fhir.get(id).send().as(Patient.class).getNameFirstRep().getFamily())
                .isEqualTo("Nachher");
    }

    @Test
    void createsByUpdateWhenNothingMatches() {
        Answer answer = fhir.put("Patient?identifier=" + invented.token("Neu"))
                .body(invented.patient("Neu"))
                .send()
                .expect(201);

        assertThat(answer.as(Patient.class).getNameFirstRep().getFamily()).isEqualTo("Neu");
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
    }

    @Test
    void deletesTheOneThatMatches() {
        String id = fhir.store(invented.patient("Weg"));

        fhir.delete("Patient?identifier=" + invented.token("Weg")).send().expect(200);

        fhir.get(id).send().expect(410);
    }

    @Test
    void refusesAConditionThatItDoesNotKnow() {
        create("nonsense=1", "Unbekannt").expect(400);
        fhir.put("Patient?nonsense=1")
                .body(invented.patient("Unbekannt"))
                .send()
                .expect(400);
        fhir.delete("Patient?nonsense=1").send().expect(400);
        fhir.delete("Patient").send().expect(400);

        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).isEmpty();
    }

    @Test
    void createsOneOfManyAtOnce() throws Exception {
        String condition = "identifier=" + invented.token("Rennen");

        List<Answer> answers = race(() -> create(condition, "Rennen"));

        assertThat(answers)
                .extracting(Answer::status)
                .isSubsetOf(200, 201, 409, 412)
                .contains(201);
        assertThat(answers.stream().filter(answer -> answer.status() == 201)).hasSize(1);
        assertThat(answers.stream()
                        .filter(answer -> answer.status() < 300)
                        .map(Answer::location)
                        .distinct())
                .hasSize(1);
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
    }

    @Test
    void updatesOneOfManyAtOnce() throws Exception {
        String condition = "Patient?identifier=" + invented.token("Rennen");

        List<Answer> answers =
                race(() -> fhir.put(condition).body(invented.patient("Rennen")).send());

        assertThat(answers)
                .extracting(Answer::status)
                .isSubsetOf(200, 201, 409, 412)
                .contains(201);
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
    }

    @Test
    void createsOneOfManyTransactionsAtOnce() throws Exception {
        List<Answer> answers = race(() -> {
            Bundle bundle = Invented.transaction();
            Invented.post(bundle, Invented.placeholder(), invented.patient("Rennen"))
                    .getRequest()
                    .setIfNoneExist("identifier=" + invented.token("Rennen"));
            return fhir.process(bundle);
        });

        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409, 412).contains(200);
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
    }

    @Test
    void losesNoUpdateAmongManyAtOnce() throws Exception {
        String id = fhir.store(invented.patient("Zaehler"));

        List<Answer> answers = race(() -> {
            Answer read = fhir.get(id).send();
            Patient patient = read.as(Patient.class);
            patient.addName().setFamily("Noch-eine");
            return fhir.put(id)
                    .header("If-Match", read.header("ETag"))
                    .body(patient)
                    .send();
        });

        long accepted =
                answers.stream().filter(answer -> answer.status() == 200).count();
        assertThat(answers).extracting(Answer::status).isSubsetOf(200, 409, 412);
        assertThat(fhir.get(id).send().as(Patient.class).getName()).hasSize((int) accepted + 1);
    }

    private Answer create(String condition, String family) {
        return fhir.post("Patient")
                .header("If-None-Exist", condition)
                .body(invented.patient(family))
                .send();
    }

    private static List<Answer> race(Callable<Answer> writer) throws Exception {
        ExecutorService writers = Executors.newFixedThreadPool(WRITERS);
        try {
            List<Answer> answers = new ArrayList<>();
            for (Future<Answer> answer : writers.invokeAll(java.util.Collections.nCopies(WRITERS, writer))) {
                answers.add(answer.get());
            }
            return answers;
        } finally {
            writers.shutdown();
        }
    }
}
