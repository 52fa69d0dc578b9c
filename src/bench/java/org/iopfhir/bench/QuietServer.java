// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.bench;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.iopfhir.IopFhirServer;
import org.iopfhir.testing.Callers;
import org.springframework.context.ConfigurableApplicationContext;

/** The server as benchmarks start it: an empty H2 file, tokens of {@link Callers}, no limits of rate, and few log lines. */
final class QuietServer {

    private QuietServer() {}

    static ConfigurableApplicationContext start(Path folder, String... more) {
        List<String> settings = new ArrayList<>(Callers.settings());
        settings.addAll(List.of(
                "--server.port=0",
                "--management.server.port=0",
                "--logging.level.root=warn",
                "--logging.level.org.iopfhir=error",
                "--iop.sandbox.stories=false",
                "--iop.http.rate.per-second=0",
                "--iop.http.rate.concurrent=0",
                "--iop.database.url=jdbc:h2:file:" + folder.resolve("iop")));
        settings.addAll(List.of(more));
        return IopFhirServer.start(settings.toArray(String[]::new));
    }

    /** Base URL of its FHIR API. */
    static String base(ConfigurableApplicationContext server) {
        return "http://localhost:" + server.getEnvironment().getProperty("local.server.port") + "/fhir";
    }
}
