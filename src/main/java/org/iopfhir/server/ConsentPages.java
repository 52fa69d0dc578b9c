// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.InputStream;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * The page on which a patient sees, gives and takes back consents, and a privacy officer sees them. It is an app like any
 * other: what is served here is the same for everybody and holds nothing of anybody.
 */
final class ConsentPages extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private static final Map<String, String> TYPES = Map.of(
            "index.html", "text/html;charset=utf-8",
            "consents.css", "text/css;charset=utf-8",
            "consents.js", "text/javascript;charset=utf-8");

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; base-uri 'none';"
                    + " form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            "Cache-Control",
            "no-cache");

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HEADERS.forEach(response::setHeader);
        String path = request.getPathInfo();
        String name = path == null || path.equals("/") ? "index.html" : path.substring(1);
        if (!READING.contains(request.getMethod())) {
            response.setHeader("Allow", "GET, HEAD");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else if (path == null) {
            // Relative, since the server may stand behind another path of a proxy.
            response.setHeader("Location", HttpSettings.CONSENTS_PATH.substring(1) + "/");
            response.setStatus(HttpServletResponse.SC_MOVED_PERMANENTLY);
        } else if (TYPES.containsKey(name)) {
            send(name, request, response);
        } else {
            response.setStatus(HttpServletResponse.SC_NOT_FOUND);
        }
    }

    private static void send(String name, HttpServletRequest request, HttpServletResponse response) throws IOException {
        response.setContentType(TYPES.get(name));
        try (InputStream file = Objects.requireNonNull(ConsentPages.class.getResourceAsStream("consents/" + name))) {
            byte[] content = file.readAllBytes();
            response.setContentLength(content.length);
            if (request.getMethod().equals("GET")) {
                response.getOutputStream().write(content);
            }
        }
    }
}
