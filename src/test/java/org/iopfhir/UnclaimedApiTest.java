// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls much that the CapabilityStatement does not claim, and finds that it is not served. */
class UnclaimedApiTest {

    private static final FhirClient FHIR = RunningServer.client();
    private static final String PATIENT = "Patient/unclaimed-patient";

    private static List<CapabilityStatementRestResourceComponent> served = List.of();

    @BeforeAll
    static void ask() {
        served = FHIR.get("metadata")
                .send()
                .expect(200)
                .as(CapabilityStatement.class)
                .getRestFirstRep()
                .getResource();
        Resource patient = OneOfEachType.example("Patient").copy();
        patient.setId(PATIENT);
        assertThat(FHIR.put(PATIENT).body(patient).send().status()).isIn(200, 201);
    }

    @Test
    void servesNoOtherType() {
        Set<String> claimed = served.stream()
                .map(CapabilityStatementRestResourceComponent::getType)
                .collect(Collectors.toSet());
        List<String> others = FhirContext.forR4Cached().getResourceTypes().stream()
                .filter(type -> !claimed.contains(type))
                .toList();

        assertThat(others).hasSizeGreaterThan(80);
        for (String type : others) {
            FHIR.get(type).send().refusal(404, OperationOutcome.IssueType.NOTFOUND);
        }
        FHIR.post("Substance")
                .body(FhirClient.JSON, "{\"resourceType\":\"Substance\"}")
                .send()
                .refusal(404, OperationOutcome.IssueType.NOTFOUND);
    }

    @Test
    void changesNothingThatThePackagePublishes() {
        for (CapabilityStatementRestResourceComponent type : published()) {
            String name = type.getType();
            String id = FHIR.search(name + "?_count=1")
                    .getEntryFirstRep()
                    .getResource()
                    .getIdPart();
            String body = "{\"resourceType\":\"" + name + "\",\"id\":\"" + id + "\"}";

            refused(405, FHIR.post(name).body(FhirClient.JSON, body).send());
            refused(405, FHIR.put(name + "/" + id).body(FhirClient.JSON, body).send());
            refused(405, FHIR.delete(name + "/" + id).send());
            refused(400, FHIR.get(name + "/_history").send());
            refused(400, FHIR.get(name + "/" + id + "/_history/1").send());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$expunge",
                "$reindex",
                "$meta",
                "$meta-add",
                "$meta-delete",
                "$graphql",
                "$diff",
                "$export",
                "$import",
                "$get-resource-counts",
                "$mark-all-resources-for-reindexing",
                "$perform-reindexing-pass",
                "$process-message",
                "$replace-references",
                "$hapi.fhir.replace-references",
                "$trigger-subscription",
                "$apply-codesystem-delta-add",
                "$upload-external-code-system",
                "$document",
                "$merge",
                "$match",
                "$lastn",
                "$docref",
                "$invalidate-expansion",
                "$snapshot",
                "$partition-management-create-partition"
            })
    void performsNoOtherOperation(String operation) {
        String nothing = "{\"resourceType\":\"Parameters\"}";
        List<String> places = operation.equals("$meta") ? List.of("") : List.of("", "Patient/", PATIENT + "/");
        for (String place : places) {
            refused(
                    404,
                    FHIR.post(place + operation).body(FhirClient.JSON, nothing).send());
            refused(404, FHIR.get(place + operation).send());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', 400",
        "GET, _history, 400",
        "GET, _search?_type=Patient, 400",
        "POST, _search, 415",
        "PUT, Patient, 400",
        "DELETE, '', 405",
        "TRACE, Patient, 405",
        "POST, Patient/unclaimed-patient, 405",
        "GET, control/jobs, 404",
        "GET, tester/, 404",
        "GET, swagger-ui/, 404",
        "GET, api-docs, 404",
        "GET, $, 404",
        "GET, TestScript, 404",
        "GET, NamingSystem, 404"
    })
    void servesNoOtherRequest(String verb, String path, int status) {
        FhirClient.Call call = FHIR.method(verb, path);
        Answer answer = verb.equals("GET") || verb.equals("DELETE") || verb.equals("TRACE")
                ? call.send()
                : call.body(FhirClient.JSON, "{\"resourceType\":\"Patient\"}").send();

        refused(status, answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/control/jobs",
                "/tester/",
                "/swagger-ui/",
                "/actuator",
                "/actuator/env",
                "/h2-console",
                "/error"
            })
    void servesNothingBesideFhir(String path) {
        Answer answer = FHIR.get(FHIR.base().replace("/fhir", path)).send();

        assertThat(answer.status()).isBetween(400, 499);
    }

    @Test
    void writesNoOtherFormat() {
        FHIR.get("Patient?_format=text/turtle").send().refusal(406, OperationOutcome.IssueType.NOTSUPPORTED);
        FHIR.get("Patient")
                .header("Accept", "text/turtle")
                .send()
                .refusal(406, OperationOutcome.IssueType.NOTSUPPORTED);
    }

    /** The types that can be read but not written. */
    private static List<CapabilityStatementRestResourceComponent> published() {
        return served.stream()
                .filter(type -> type.getInteraction().stream()
                        .noneMatch(interaction -> interaction.getCode() == TypeRestfulInteraction.CREATE))
                .toList();
    }

    private static void refused(int status, Answer answer) {
        answer.expect(status);
        assertThat(answer.as(OperationOutcome.class).getIssueFirstRep().getDiagnostics())
                .isNotBlank();
    }
}
