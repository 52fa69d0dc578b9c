// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.iopfhir.testing.Needs;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The SMART JS client, which no one here wrote, in headless Chromium against the running server: a patient and a clinician
 * open an app, an EHR opens it upon a patient, and the app renews its token. And the server's own page of consents, which
 * is such an app too. Needs Node.js, Chromium, and
 * {@code npm ci} in {@code src/test/browser}.
 */
class SmartBrowserIT {

    private static final Path FOLDER = Path.of("src", "test", "browser");
    private static final String RECIPIENT = "Basalt Row Clinical Laboratory";
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    private static final ObjectMapper JSON = new ObjectMapper();

    private static JsonNode results;
    private static JsonNode consents;

    @BeforeAll
    static void launch() throws IOException, InterruptedException {
        boolean isInstalled = Files.exists(CHROMIUM)
                && Files.isDirectory(FOLDER.resolve("node_modules").resolve("fhirclient"));
        Needs.that(isInstalled, "SmartBrowserIT", "Chromium, and the npm packages of " + FOLDER);
        try (RunningServer server = RunningServer.startWithStories()) {
            ObjectNode setup = JSON.createObjectNode();
            setup.put("origin", server.fhir().base().replaceFirst("/fhir$", ""));
            setup.put("chromium", CHROMIUM.toString());
            setup.put("ehrSecret", Sandbox.secretOf("sandbox-ehr"));
            setup.put("nameOfPatient", "Brambleworth");
            for (String user : new String[] {"teo", "marisol", "counselor"}) {
                setup.withObjectProperty("passwords").put(user, Sandbox.passwordOf(user));
            }
            results = run("launch.mjs", setup);
            // The redirect of the page is registered for this machine by its address, on any port.
            setup.put("origin", setup.path("origin").asText().replace("localhost", "127.0.0.1"));
            setup.put("patient", "marisol").put("staff", "counselor").put("family", "Quillfeather");
            setup.put("recipient", RECIPIENT);
            consents = run("consents.mjs", setup);
        }
    }

    private static JsonNode run(String script, JsonNode setup) throws IOException, InterruptedException {
        File errors = Files.createTempFile(Path.of("target"), "browser", ".log").toFile();
        Process browser = new ProcessBuilder("node", script, setup.toString())
                .directory(FOLDER.toFile())
                .redirectError(errors)
                .start();
        String said = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(browser.waitFor()).as(Files.readString(errors.toPath())).isZero();
        return JSON.readTree(said);
    }

    @Test
    void aPatientGivesAConsentOnThePageAndTakesItBack() {
        JsonNode seen = consents.path("patient");

        assertThat(seen.path("before").asInt()).as(seen.toString()).isPositive();
        assertThat(seen.path("given").toString()).contains("Shown to " + RECIPIENT);
        assertThat(seen.path("ended").asText()).contains("no longer in force");
        assertThat(seen.path("problems")).isEmpty();
    }

    @Test
    void staffSeeTheConsentsOfAPatientOnThePage() {
        JsonNode seen = consents.path("staff");

        assertThat(seen.path("seen").toString()).as(seen.toString()).contains("Shown to " + RECIPIENT);
        assertThat(seen.path("canGive").asBoolean()).isFalse();
    }

    @Test
    void aPatientOpensAnAppUponTheOwnRecord() {
        JsonNode found = results.path("patient");

        assertThat(found.path("patient").asText()).as(found.toString()).isEqualTo("Brambleworth");
        assertThat(found.path("userType").asText()).isEqualTo("Patient");
        assertThat(found.path("plans").asInt()).isPositive();
        assertThat(found.path("other").asInt()).isEqualTo(404);
        assertRenewed(found);
    }

    @Test
    void aClinicianChoosesThePatient() {
        JsonNode found = results.path("clinician");

        assertThat(found.path("patient").asText()).as(found.toString()).isEqualTo("Brambleworth");
        assertThat(found.path("userType").asText()).isEqualTo("Practitioner");
        assertThat(found.path("other").asInt()).isEqualTo(404);
        assertRenewed(found);
    }

    @Test
    void anEhrOpensAnAppUponAPatient() {
        JsonNode found = results.path("ehr");

        assertThat(found.path("patient").asText()).as(found.toString()).isEqualTo("Brambleworth");
        assertThat(found.path("userType").asText()).isEqualTo("Practitioner");
        assertRenewed(found);
    }

    private static void assertRenewed(JsonNode found) {
        assertThat(found.path("isNewToken").asBoolean()).as(found.toString()).isTrue();
        assertThat(found.path("patientAfterRefresh").asText()).isEqualTo("Brambleworth");
    }
}
