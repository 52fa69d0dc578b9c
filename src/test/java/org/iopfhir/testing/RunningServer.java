// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.util.ArrayList;
import java.util.List;
import org.iopfhir.IopFhirServer;
import org.springframework.context.ConfigurableApplicationContext;

/** The real server on a free port, upon a fresh database. Starting takes long, so the tests of one JVM share it. */
public final class RunningServer implements AutoCloseable {

    private final ConfigurableApplicationContext context;
    private final FhirClient client;

    private RunningServer(List<String> settings, boolean stories) {
        List<String> arguments = new ArrayList<>(TestDatabase.fresh());
        arguments.add("--server.port=0");
        arguments.add("--management.server.port=0");
        // A test asks as fast as it can.
        arguments.add("--iop.http.rate.per-second=0");
        arguments.add("--iop.http.rate.concurrent=0");
        arguments.add("--logging.level.org.iopfhir.server.RequestLog=warn");
        arguments.add("--iop.sandbox.stories=" + stories);
        arguments.addAll(Callers.settings());
        arguments.add("--iop.smart.clients-file=" + Sandbox.folder().resolve("clients.json"));
        arguments.add("--iop.access.beside-embedded=true");
        arguments.add("--iop.smart.local-keys=true");
        arguments.add("--iop.smart.users-file=" + Sandbox.folder().resolve("users.json"));
        arguments.add("--iop.sandbox.credentials-file=" + Sandbox.credentials());
        // Spring would make a list of a setting that comes twice.
        settings.forEach(setting ->
                arguments.removeIf(earlier -> earlier.startsWith(setting.substring(0, setting.indexOf('=') + 1))));
        arguments.addAll(settings);
        context = IopFhirServer.start(arguments.toArray(String[]::new));
        client = new FhirClient(
                "http://localhost:" + context.getEnvironment().getProperty("local.server.port") + "/fhir");
    }

    /** A client of the one server, which is started by the first who asks. */
    public static FhirClient client() {
        return Shared.SERVER.client;
    }

    /** A client of the one server for somebody else than the program's own EHR. */
    public static FhirClient client(Callers.Who who) {
        return client().as(who);
    }

    /** An object of the one server, or its context, for what cannot be asked over HTTP. */
    public static <T> T bean(Class<T> type) {
        ConfigurableApplicationContext context = Shared.SERVER.context;
        return type.isInstance(context) ? type.cast(context) : context.getBean(type);
    }

    /** A server and a database of one's own, to be closed, with the patient stories loaded. */
    public static RunningServer startWithStories() {
        return new RunningServer(List.of(), true);
    }

    /** A server and a database of one's own, to be closed, with more settings such as {@code --iop.pages.standard=2}. */
    public static RunningServer start(String... settings) {
        return new RunningServer(List.of(settings), false);
    }

    /** An object of this server, for what cannot be done over HTTP. */
    public <T> T own(Class<T> type) {
        return context.getBean(type);
    }

    /** The same, where its type is not known to a test. */
    public <T> T own(String name, Class<T> type) {
        return context.getBean(name, type);
    }

    /** A client of this server. */
    public FhirClient fhir() {
        return client;
    }

    @Override
    public void close() {
        context.close();
    }

    private static final class Shared {
        static final RunningServer SERVER = new RunningServer(List.of(), false);
    }
}
