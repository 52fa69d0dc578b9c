// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PatchApiTest {

    private static final String JSON_PATCH = "application/json-patch+json";
    private static final String ACTIVATE = "[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String id = "";

    @BeforeEach
    void patient() {
        id = fhir.store(invented.patient("Flick"));
    }

    @Test
    void appliesAJsonPatch() {
        Answer answer = fhir.patch(id).body(JSON_PATCH, ACTIVATE).send().expect(200);

        assertThat(answer.as(Patient.class).getActive()).isTrue();
        assertThat(answer.header("ETag")).isEqualTo("W/\"2\"");
        assertThat(fhir.get(id).send().as(Patient.class).getActive()).isTrue();
    }

    @Test
    void appliesAFhirPathPatch() {
        fhir.patch(id).body(replaceFamily("Geflickt")).send().expect(200);

        assertThat(fhir.get(id).send().as(Patient.class).getNameFirstRep().getFamily())
                .isEqualTo("Geflickt");
    }

    @Test
    void appliesAFhirPathPatchInXml() {
        fhir.patch(id).xml(replaceFamily("Geflickt")).send().expect(200);

        assertThat(fhir.get(id).send().as(Patient.class).getNameFirstRep().getFamily())
                .isEqualTo("Geflickt");
    }

    @Test
    void addsAndDeletesByFhirPath() {
        Parameters add = new Parameters();
        Parameters.ParametersParameterComponent operation = add.addParameter().setName("operation");
        operation.addPart().setName("type").setValue(new CodeType("add"));
        operation.addPart().setName("path").setValue(new StringType("Patient"));
        operation.addPart().setName("name").setValue(new StringType("active"));
        operation.addPart().setName("value").setValue(new BooleanType(true));
        fhir.patch(id).body(add).send().expect(200);
        assertThat(fhir.get(id).send().as(Patient.class).getActive()).isTrue();

        Parameters delete = new Parameters();
        operation = delete.addParameter().setName("operation");
        operation.addPart().setName("type").setValue(new CodeType("delete"));
        operation.addPart().setName("path").setValue(new StringType("Patient.active"));
        fhir.patch(id).body(delete).send().expect(200);
        assertThat(fhir.get(id).send().as(Patient.class).hasActive()).isFalse();
    }

    @Test
    void patchesOnlyTheVersionThatTheClientKnows() {
        fhir.patch(id)
                .header("If-Match", "W/\"1\"")
                .body(JSON_PATCH, ACTIVATE)
                .send()
                .expect(200);

        fhir.patch(id)
                .header("If-Match", "W/\"1\"")
                .body(JSON_PATCH, ACTIVATE)
                .send()
                .refusal(412, IssueType.CONFLICT);
    }

    @Test
    void patchesTheOneThatMatches() {
        String query = "Patient?identifier=" + invented.token("Flick");

        fhir.patch(query).body(JSON_PATCH, ACTIVATE).send().expect(200);

        assertThat(fhir.get(id).send().as(Patient.class).getActive()).isTrue();
    }

    @Test
    void refusesToPatchNoneOrMany() {
        fhir.store(invented.patient("Zweite"));

        fhir.patch("Patient?" + invented.tagged())
                .body(JSON_PATCH, ACTIVATE)
                .send()
                .expect(412);
        fhir.patch("Patient?identifier=" + invented.token("Niemand"))
                .body(JSON_PATCH, ACTIVATE)
                .send()
                .expect(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "[",
                "{}",
                "null",
                "[{\"op\":\"foo\",\"path\":\"/active\"}]",
                "[{\"op\":\"replace\",\"path\":\"/nowhere/at/all\",\"value\":1}]",
                "[{\"op\":\"remove\",\"path\":\"/photo/7\"}]",
                "[{\"path\":\"/active\"}]",
                "[{\"op\":\"add\",\"path\":\"/active\",\"value\":\"perhaps\"}]",
                "[{\"op\":\"replace\",\"path\":\"/resourceType\",\"value\":\"Observation\"}]",
            })
    void refusesWhatIsNoJsonPatch(String body) {
        Answer answer = fhir.patch(id).body(JSON_PATCH, body).send();

        assertThat(answer.status()).as(answer.text()).isIn(400, 422);
        answer.as(OperationOutcome.class);
        assertThat(fhir.get(id).send().header("ETag")).isEqualTo("W/\"1\"");
    }

    @Test
    void refusesAFailingTestOfAJsonPatch() {
        String body = "[{\"op\":\"test\",\"path\":\"/gender\",\"value\":\"male\"}," + ACTIVATE.substring(1);

        Answer answer = fhir.patch(id).body(JSON_PATCH, body).send();

        assertThat(answer.status()).as(answer.text()).isIn(400, 422);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "{\"resourceType\":\"Patient\"}",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"operation\"}]}",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"operation\",\"part\":["
                        + "{\"name\":\"type\",\"valueCode\":\"replace\"},"
                        + "{\"name\":\"path\",\"valueString\":\"Patient.name[0\"}]}]}",
                "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"operation\",\"part\":["
                        + "{\"name\":\"type\",\"valueCode\":\"dance\"},"
                        + "{\"name\":\"path\",\"valueString\":\"Patient.name\"}]}]}",
            })
    void refusesWhatIsNoFhirPathPatch(String body) {
        Answer answer = fhir.patch(id).body(FhirClient.JSON, body).send();

        assertThat(answer.status()).as(answer.text()).isIn(400, 422);
        assertThat(fhir.get(id).send().header("ETag")).isEqualTo("W/\"1\"");
    }

    @Test
    void refusesAnotherKindOfPatch() {
        Answer answer = fhir.patch(id).body("text/plain", ACTIVATE).send();

        assertThat(answer.status()).as(answer.text()).isIn(400, 415);
    }

    @Test
    void answersAPatchOfNothingWithNotFoundOrGone() {
        fhir.patch("Patient/nobody-has-this-id")
                .body(JSON_PATCH, ACTIVATE)
                .send()
                .expect(404);
        fhir.delete(id).send().expect(200);
        fhir.patch(id).body(JSON_PATCH, ACTIVATE).send().expect(410);
    }

    private static Parameters replaceFamily(String family) {
        Parameters patch = new Parameters();
        Parameters.ParametersParameterComponent operation = patch.addParameter().setName("operation");
        operation.addPart().setName("type").setValue(new CodeType("replace"));
        operation.addPart().setName("path").setValue(new StringType("Patient.name[0].family"));
        operation.addPart().setName("value").setValue(new StringType(family));
        return patch;
    }
}
