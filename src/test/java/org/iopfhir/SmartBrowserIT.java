// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Sandbox;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * The SMART JS client, which no one here wrote, in headless Chromium against the running server: a patient and a clinician
 * open an app, an EHR opens it upon a patient, and the app renews its token. Needs Node.js, Chromium, and
 * {@code npm ci} in {@code src/test/browser}.
 */
class SmartBrowserIT {

    private static final Path FOLDER = Path.of("src", "test", "browser");
    private static final Path CHROMIUM = Path.of("/usr/bin/chromium");

    private static JsonNode results;

    @BeforeAll
    static void launch() throws IOException, InterruptedException {
        boolean isInstalled = Files.exists(CHROMIUM)
                && Files.isDirectory(FOLDER.resolve("node_modules").resolve("fhirclient"));
        if (!isInstalled) {
            System.err.println("SKIPPED: " + SmartBrowserIT.class.getSimpleName() + " needs Chromium and npm packages");
        }
        assumeTrue(isInstalled, "needs Chromium and npm packages");
        ObjectMapper json = new ObjectMapper();
        try (RunningServer server = RunningServer.startWithStories()) {
            ObjectNode setup = json.createObjectNode();
            setup.put("origin", server.fhir().base().replaceFirst("/fhir$", ""));
            setup.put("chromium", CHROMIUM.toString());
            setup.put("ehrSecret", Sandbox.secretOf("sandbox-ehr"));
            setup.put("nameOfPatient", "Brambleworth");
            for (String user : new String[] {"teo", "counselor"}) {
                setup.withObjectProperty("passwords").put(user, Sandbox.passwordOf(user));
            }
            File errors =
                    Files.createTempFile(Path.of("target"), "browser", ".log").toFile();
            Process browser = new ProcessBuilder("node", "launch.mjs", setup.toString())
                    .directory(FOLDER.toFile())
                    .redirectError(errors)
                    .start();
            String said = new String(browser.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(browser.waitFor()).as(Files.readString(errors.toPath())).isZero();
            results = json.readTree(said);
        }
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
