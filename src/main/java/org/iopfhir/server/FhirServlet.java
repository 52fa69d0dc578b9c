// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.rest.server.RestfulServer;
import jakarta.servlet.ServletConfig;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.Objects;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Stands in for HAPI's servlet while Jetty is being set up, so that the container does not pull in every bean of HAPI
 * before Spring has frozen the bean definitions and caches its lookups.
 */
final class FhirServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private final transient Supplier<RestfulServer> made;

    /** Looked up once; Spring takes its time. */
    private transient @Nullable RestfulServer server;

    FhirServlet(Supplier<RestfulServer> made) {
        this.made = made;
    }

    @Override
    public void init(ServletConfig config) throws ServletException {
        super.init(config);
        server = made.get();
        server.init(config);
    }

    @Override
    public void service(ServletRequest request, ServletResponse response) throws ServletException, IOException {
        UnhurriedAnswer answer = new UnhurriedAnswer((HttpServletResponse) response);
        Objects.requireNonNull(server).service(request, answer);
        answer.complete();
    }
}
