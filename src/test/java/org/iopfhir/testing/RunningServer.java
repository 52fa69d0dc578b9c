// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.util.ArrayList;
import java.util.List;
import org.iopfhir.IopFhirServer;
import org.springframework.context.ConfigurableApplicationContext;

/** The real server on a free port, upon a fresh database. Starting takes long, so the tests of one JVM share it. */
public final class RunningServer {

    private final FhirClient client;

    private RunningServer(List<String> settings) {
        List<String> arguments = new ArrayList<>(TestDatabase.fresh());
        arguments.add("--server.port=0");
        arguments.add("--management.server.port=0");
        arguments.add("--iop.sandbox.stories=false");
        arguments.add("--logging.level.org.iopfhir.server.RequestLog=warn");
        arguments.addAll(settings);
        ConfigurableApplicationContext context = IopFhirServer.start(arguments.toArray(String[]::new));
        client = new FhirClient(
                "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/fhir");
    }

    /** A client of the one server, which is started by the first who asks. */
    public static FhirClient client() {
        return Shared.SERVER.client;
    }

    private static final class Shared {
        static final RunningServer SERVER = new RunningServer(List.of());
    }
}
