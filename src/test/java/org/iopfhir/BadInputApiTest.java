// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is wrong is refused with words that help, writes nothing, and leaves the server as it was. */
class BadInputApiTest {

    private static final List<String> COUNTED = List.of("Patient", "Observation", "Encounter", "CarePlan");

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();
    private List<Integer> before = List.of();

    @BeforeEach
    void count() {
        before = counts();
    }

    @AfterEach
    void nothingWasWrittenAndTheServerStillAnswers() {
        assertThat(counts()).isEqualTo(before);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            quoteCharacter = '`',
            value = {
                // what is no JSON
                "{\"resourceType\":\"Patient\",                                  # STRUCTURE # JSON|line",
                "{\"resourceType\":\"Patient\"} trailing                        # STRUCTURE # JSON|line|end",
                "{\"resourceType\":\"Patient\",\"active\":true,\"active\":false} # STRUCTURE # twice|[Dd]uplicate",
                "[{\"resourceType\":\"Patient\"}]                               # STRUCTURE # one object",
                // what is JSON and no Patient
                "{\"resourceType\":\"Patient\",\"active\":\"perhaps\"}          # INVALID # active|boolean",
                "{\"resourceType\":\"Patient\",\"name\":\"Falsch\"}             # INVALID # name",
                "{\"resourceType\":\"Patient\",\"name\":[[]]}                   # STRUCTURE # array",
                "{\"resourceType\":\"Patient\",\"birthDate\":\"soon\"}          # INVALID # birthDate|date",
                "{\"resourceType\":\"Patient\",\"gender\":\"diverse\"}          # INVALID # gender|AdministrativeGender",
                "{\"resourceType\":\"Patient\",\"favouriteColour\":\"blue\"}    # INVALID # favouriteColour",
                "{\"resourceType\":\"Pateint\"}                                 # INVALID # Pateint"
            })
    void refusesJsonThatIsNoPatient(String body, IssueType code, String words) {
        OperationOutcome outcome =
                fhir.post("Patient").body(FhirClient.JSON, body.trim()).send().refusal(400, code);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).containsPattern(words.trim());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '#',
            value = {
                "<Patient xmlns=\"http://hl7.org/fhir\">                                              # STRUCTURE # XML|line",
                "<Patient xmlns=\"http://hl7.org/fhir\"><active value=\"perhaps\"/></Patient>         # INVALID # active|boolean",
                "<Patient xmlns=\"http://hl7.org/fhir\"><favouriteColour value=\"blue\"/></Patient>   # INVALID # favouriteColour",
                "<Patient xmlns=\"http://example.org\"><active value=\"true\"/></Patient>             # STRUCTURE # namespace"
            })
    void refusesXmlThatIsNoPatient(String body, IssueType code, String words) {
        OperationOutcome outcome =
                fhir.post("Patient").body(FhirClient.XML, body.trim()).send().refusal(400, code);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).containsPattern(words.trim());
    }

    @Test
    void readsNoExternalEntity() {
        String body = "<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/hostname\">]>"
                + "<Patient xmlns=\"http://hl7.org/fhir\"><name><family value=\"&x;\"/></name></Patient>";

        Answer answer = fhir.post("Patient").body(FhirClient.XML, body).send();

        answer.refusal(400, IssueType.STRUCTURE);
        assertThat(answer.text()).doesNotContain("hostname");
    }

    @Test
    void refusesAnotherTypeThanThePathNames() {
        OperationOutcome outcome = fhir.post("Patient")
                .body(invented.organization("Falsch"))
                .send()
                .expect(400)
                .as(OperationOutcome.class);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).contains("Patient", "Organization");
    }

    @ParameterizedTest
    @CsvSource({"text/plain", "text/turtle", "application/octet-stream", "application/x-www-form-urlencoded", "nonsense"
    })
    void refusesOtherContentTypes(String type) {
        OperationOutcome outcome = fhir.post("Patient")
                .body(type, "{\"resourceType\":\"Patient\"}")
                .send()
                .refusal(415, IssueType.NOTSUPPORTED);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).containsPattern("application/fhir\\+json|Content-Type");
    }

    @Test
    void refusesUnknownTypesAndParameters() {
        OperationOutcome type = fhir.post("Foo")
                .body(FhirClient.JSON, "{\"resourceType\":\"Foo\"}")
                .send()
                .refusal(404, IssueType.NOTFOUND);
        OperationOutcome parameter =
                fhir.get("Patient?shoe-size=43").send().expect(400).as(OperationOutcome.class);

        assertThat(type.getIssueFirstRep().getDiagnostics()).contains("Foo");
        assertThat(parameter.getIssueFirstRep().getDiagnostics()).contains("shoe-size");
    }

    @Test
    void writesNothingOfATransactionWhoseLastEntryFails() {
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Ganz"));
        Invented.post(bundle, Invented.placeholder(), invented.patient("Gar"));
        Invented.post(bundle, Invented.placeholder(), invented.observation("Patient/nobody-has-this-id"));

        OperationOutcome outcome = fhir.process(bundle).expect(400).as(OperationOutcome.class);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).contains("Patient/nobody-has-this-id");
    }

    @Test
    void writesNothingOfATransactionWithABrokenEntry() {
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Ganz"));
        bundle.addEntry().setResource(invented.patient("Gar"));

        OperationOutcome outcome = fhir.process(bundle).expect(400).as(OperationOutcome.class);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).contains("Bundle.entry[1].request");
    }

    @Test
    void refusesABodyThatIsTooLarge() {
        String body = "{\"resourceType\":\"Patient\",\"name\":[{\"family\":\"" + "a".repeat(17 << 20) + "\"}]}";

        OperationOutcome outcome =
                fhir.post("Patient").body(FhirClient.JSON, body).send().refusal(413, IssueType.TOOLONG);

        assertThat(outcome.getIssueFirstRep().getDiagnostics()).contains("16777216 bytes");
    }

    @Test
    void refusesAGzipBomb() throws IOException, InterruptedException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write("{\"resourceType\":\"Patient\",\"name\":[{\"family\":\""
                    .getBytes(java.nio.charset.StandardCharsets.UTF_8));
            byte[] some = new byte[1 << 20];
            java.util.Arrays.fill(some, (byte) 'a');
            for (int i = 0; i < 200; i++) {
                gzip.write(some);
            }
        }
        HttpRequest request = HttpRequest.newBuilder(URI.create(fhir.base() + "/Patient"))
                .header("Content-Type", FhirClient.JSON)
                .header("Content-Encoding", "gzip")
                .header("Authorization", "Bearer " + Callers.programSystem().token())
                .POST(BodyPublishers.ofByteArray(packed.toByteArray()))
                .build();

        HttpResponse<String> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofString());

        assertThat(answer.statusCode()).isEqualTo(413);
        assertThat(answer.body()).contains("OperationOutcome").contains("unpack");
    }

    @Test
    void refusesAbsurdNumbers() {
        String body = """
                {"resourceType":"Observation","status":"final","code":{"text":"a"},"valueQuantity":{"value":1e999999999}}
                """;

        OperationOutcome inBody =
                fhir.post("Observation").body(FhirClient.JSON, body).send().refusal(400, IssueType.STRUCTURE);
        OperationOutcome inQuery = fhir.get("Observation?value-quantity=1e999999999")
                .send()
                .expect(400)
                .as(OperationOutcome.class);

        assertThat(inBody.getIssueFirstRep().getDiagnostics()).contains("number");
        assertThat(inQuery.getIssueFirstRep().getDiagnostics()).contains("number");
    }

    @Test
    void refusesDeepNesting() {
        String json = "{\"resourceType\":\"Patient\",\"extension\":" + "[{\"extension\":".repeat(5000) + "[]"
                + "}]".repeat(5000) + "}";
        String xml = "<Patient xmlns=\"http://hl7.org/fhir\">" + "<extension>".repeat(5000)
                + "</extension>".repeat(5000) + "</Patient>";

        OperationOutcome inJson =
                fhir.post("Patient").body(FhirClient.JSON, json).send().refusal(400, IssueType.STRUCTURE);
        OperationOutcome inXml =
                fhir.post("Patient").body(FhirClient.XML, xml).send().refusal(400, IssueType.STRUCTURE);

        assertThat(inJson.getIssueFirstRep().getDiagnostics()).contains("64");
        assertThat(inXml.getIssueFirstRep().getDiagnostics()).contains("100");
    }

    @ParameterizedTest
    @CsvSource({
        "<script>alert(1)</script>",
        "<p onclick='alert(1)'>x</p>",
        "<iframe src='https://example.org'></iframe>",
        "<a href='javascript:alert(1)'>x</a>"
    })
    void refusesScriptInANarrative(String html) {
        String body = "{\"resourceType\":\"Patient\",\"text\":{\"status\":\"generated\","
                + "\"div\":\"<div xmlns='http://www.w3.org/1999/xhtml'>" + html + "</div>\"}}";

        OperationOutcome outcome = fhir.post("Patient")
                .body(FhirClient.JSON, body)
                .send()
                .expect(422)
                .as(OperationOutcome.class);

        assertThat(outcome.getIssueFirstRep().getExpression().get(0).getValue()).startsWith("Patient.text");
        assertThat(outcome.getIssueFirstRep().getDetails().getCodingFirstRep().getCode())
                .startsWith("narrative-");
    }

    @ParameterizedTest
    @CsvSource({
        "{\"resourceType\":\"Observation\"|\"code\":{\"text\":\"a\"}}, Observation.status",
        "{\"resourceType\":\"Observation\"|\"status\":\"final\"}, Observation.code",
        "{\"resourceType\":\"Encounter\"|\"status\":\"planned\"}, Encounter.class",
        "{\"resourceType\":\"CarePlan\"|\"status\":\"draft\"|\"intent\":\"plan\"}, CarePlan.subject"
    })
    void refusesWhatLacksARequiredElement(String body, String missing) {
        String type = missing.substring(0, missing.indexOf('.'));

        OperationOutcome outcome = fhir.post(type)
                .body(FhirClient.JSON, body.replace('|', ','))
                .send()
                .expect(422)
                .as(OperationOutcome.class);

        OperationOutcome.OperationOutcomeIssueComponent issue = outcome.getIssueFirstRep();
        assertThat(issue.getDiagnostics() + issue.getExpression()).contains(missing);
    }

    @Test
    void refusesAWrongPlanThatClaimsNoProfile() {
        String body = """
                {"resourceType":"CarePlan","status":"draft","intent":"plan","subject":{"display":"somebody"},
                "category":[{"coding":[{"system":"https://iop-fhir.org/fhir/CodeSystem/iop-program","code":"iop"}]}]}
                """;

        OperationOutcome outcome = fhir.post("CarePlan")
                .body(FhirClient.JSON, body)
                .send()
                .expect(422)
                .as(OperationOutcome.class);

        assertThat(outcome.getIssue().stream()
                        .map(issue -> issue.getDetails().getCodingFirstRep().getCode()))
                .contains("card-level-of-care", "card-iop-phase", "card-period");
        assertThat(outcome.getIssue())
                .allMatch(issue -> issue.getExpression().get(0).getValue().startsWith("CarePlan"));
    }

    private List<Integer> counts() {
        return COUNTED.stream()
                .map(type -> fhir.search(type + "?_summary=count").getTotal())
                .toList();
    }
}
