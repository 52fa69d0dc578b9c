// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import ca.uhn.fhir.context.FhirContext;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.nio.charset.StandardCharsets;
import java.util.EnumSet;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.thread.QueuedThreadPool;

/** The edge on a Jetty of its own, before a servlet that answers with what it was sent. */
final class EdgeServer implements AutoCloseable {

    private static final FhirContext FHIR = FhirContext.forR4Cached();

    final HttpClient client = HttpClient.newHttpClient();
    final Echo echo = new Echo();
    final BodyMemory memory;
    private final Server server;

    /** @param threads of Jetty; {@code 0} for the usual number */
    EdgeServer(Map<String, String> properties, boolean early, int threads) throws Exception {
        EdgeSettings settings = EdgeSettingsTest.bind(properties);
        memory = new BodyMemory(settings);
        server = threads == 0 ? new Server() : new Server(new QueuedThreadPool(threads));
        ServerConnector connector = new ServerConnector(server, 1, 1);
        connector.setHost("127.0.0.1");
        server.addConnector(connector);
        ServletContextHandler context = new ServletContextHandler("/");
        EdgeFilter filter = new EdgeFilter(
                settings, memory, any -> settings.body().maxSize().toBytes(), () -> FHIR);
        context.addFilter(new FilterHolder(filter), "/fhir/*", EnumSet.of(DispatcherType.REQUEST));
        context.addServlet(new ServletHolder(echo), "/fhir/*");
        server.setHandler(context);
        if (early) {
            server.insertHandler(new BodyArrival(
                    settings, memory, "/fhir", any -> settings.body().maxSize().toBytes()));
        }
        server.start();
    }

    int port() {
        return ((ServerConnector) server.getConnectors()[0]).getLocalPort();
    }

    URI uri(String pathAndQuery) {
        return URI.create("http://127.0.0.1:" + port() + "/fhir" + pathAndQuery);
    }

    @Override
    public void close() {
        QueuedThreadPool threads = (QueuedThreadPool) server.getThreadPool();
        try {
            for (int i = 0; i < 500 && threads.getQueueSize() > 0; i++) {
                Thread.sleep(10);
            }
            server.stop();
        } catch (Exception e) { // as Jetty declares it
            throw new IllegalStateException(e);
        }
    }

    static final class Echo extends HttpServlet {

        private static final long serialVersionUID = 1L;

        final AtomicInteger asked = new AtomicInteger();

        @Override
        protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
            asked.incrementAndGet();
            byte[] body = request.getInputStream().readAllBytes();
            response.setHeader("Method", request.getMethod());
            response.setHeader("Length", request.getContentLength() + " " + request.getHeader("Content-Length"));
            response.setHeader("Packing", String.valueOf(request.getHeader("Content-Encoding")));
            response.setHeader("Name", String.valueOf(request.getParameter("name")));
            response.setContentType("application/octet-stream");
            byte[] answer = body.length == 0 ? "nothing".getBytes(StandardCharsets.UTF_8) : body;
            response.setContentLength(answer.length);
            response.getOutputStream().write(answer);
        }
    }
}
