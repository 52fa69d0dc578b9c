// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;

/** A client sends no more than it is registered with, and whoever is not known yet next to nothing. */
class LargestBodyApiTest {

    private static final int OWN = 4_096;
    private static final RunningServer SERVER = RunningServer.start("--iop.smart.clients-file=" + clients());
    private static final String TOKEN_URL = SERVER.fhir().base().replace("/fhir", "/auth/token");

    private final Invented invented = new Invented();

    @AfterAll
    static void close() {
        SERVER.close();
    }

    private static Path clients() {
        try {
            return Files.writeString(
                    Files.createTempDirectory(Sandbox.folder(), "bodies").resolve("clients.json"), """
                    {"clients": [{"id": "small", "kind": "public", "redirects": ["https://app.example.org/back"],
                    "scopes": ["openid"], "maxBody": "4KB"},
                    {"id": "greedy", "kind": "public", "redirects": ["https://app.example.org/back"],
                    "scopes": ["openid"], "maxBody": "500MB"}]}""");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void aClientIsHeldToItsOwnLimitAndNoOtherIs() {
        of("small").post("Patient").body(patient(OWN / 2)).send().expect(201);
        String told = of("small")
                .post("Patient")
                .body(patient(OWN))
                .send()
                .refusal(413, IssueType.TOOLONG)
                .getIssueFirstRep()
                .getDiagnostics();

        assertThat(told).contains(Integer.toString(OWN));
        of("other").post("Patient").body(patient(OWN)).send().expect(201);
    }

    @Test
    void noClientIsRegisteredForMoreThanAll() {
        FhirClient.Call call = of("greedy").post("Patient").body(patient(17 * 1024 * 1024));

        call.send().refusal(413, IssueType.TOOLONG);
    }

    @Test
    void aBodyWithoutALengthIsHeldToItToo() throws Exception {
        HttpResponse<String> small = chunked("small", text(patient(OWN)), false);

        assertThat(small.statusCode()).isEqualTo(413);
        assertThat(small.body()).contains("OperationOutcome");
        assertThat(chunked("small", text(patient(OWN / 2)), false).statusCode()).isEqualTo(201);
        assertThat(chunked("other", text(patient(OWN)), false).statusCode()).isEqualTo(201);
    }

    @Test
    void aPackedBodyUnpacksToLittleMore() throws Exception {
        assertThat(chunked("small", text(patient(OWN)), true).statusCode()).isEqualTo(201);
        assertThat(chunked("small", text(patient(3 * OWN)), true).statusCode()).isEqualTo(413);
        assertThat(chunked("other", text(patient(3 * OWN)), true).statusCode()).isEqualTo(201);
    }

    @Test
    void whoeverIsNotKnownYetSendsForms() throws Exception {
        String form = "grant_type=client_credentials&client_id=nobody&client_secret=";

        assertThat(form(form + "x").statusCode()).isEqualTo(401);
        HttpResponse<String> large = form(form + "x".repeat(70_000));

        assertThat(large.statusCode()).isEqualTo(413);
        assertThat(large.body()).contains("OperationOutcome").contains("65536");
        SERVER.fhir().anonymous().post("Patient").body(patient(70_000)).send().refusal(401, IssueType.LOGIN);
    }

    private static HttpResponse<String> form(String form) throws IOException, InterruptedException {
        HttpRequest request = HttpRequest.newBuilder(URI.create(TOKEN_URL))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(form))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString());
    }

    private static HttpResponse<String> chunked(String client, byte[] body, boolean packed)
            throws IOException, InterruptedException {
        byte[] sent = packed ? packed(body) : body;
        HttpRequest.Builder request = HttpRequest.newBuilder(
                        URI.create(SERVER.fhir().base() + "/Patient"))
                .header("Content-Type", FhirClient.JSON)
                .header("Authorization", "Bearer " + who(client).token())
                .POST(BodyPublishers.ofInputStream(() -> new ByteArrayInputStream(sent)));
        if (packed) {
            request.header("Content-Encoding", "gzip");
        }
        return HttpClient.newHttpClient().send(request.build(), BodyHandlers.ofString());
    }

    private static byte[] packed(byte[] body) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
            gzip.write(body);
        }
        return packed.toByteArray();
    }

    private static byte[] text(Patient patient) {
        return FhirContext.forR4Cached()
                .newJsonParser()
                .encodeResourceToString(patient)
                .getBytes(StandardCharsets.UTF_8);
    }

    private Patient patient(int characters) {
        Patient patient = invented.patient("Umfang");
        patient.addContact().getName().setText("x".repeat(characters));
        return patient;
    }

    private static FhirClient of(String client) {
        return SERVER.fhir().as(who(client));
    }

    private static Callers.Who who(String client) {
        return Callers.of(
                client,
                claims -> claims.claim("client_id", client)
                        .claim("scope", "system/*.cruds")
                        .claim("iop_roles", List.of(Role.PROGRAM_SYSTEM.code())));
    }
}
