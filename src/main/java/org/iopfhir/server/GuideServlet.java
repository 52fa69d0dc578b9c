// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.zip.CRC32;
import java.util.zip.GZIPInputStream;
import org.iopfhir.conformance.guide.GuideFiles;

/**
 * Hands out the implementation guide: its pages, and the package. Everybody may read it, as it says nothing of anybody;
 * and it touches neither the database nor HAPI, so that the limits of the FHIR API are not its own.
 */
final class GuideServlet extends HttpServlet {

    private static final long serialVersionUID = 1L;

    private static final Set<String> READING = Set.of("GET", "HEAD");

    private static final Map<String, String> HEADERS = Map.of(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            "X-Content-Type-Options",
            "nosniff",
            "Referrer-Policy",
            "no-referrer",
            "Cross-Origin-Opener-Policy",
            "same-origin",
            // A browser asks again after five minutes, and is told within a few bytes that nothing has changed.
            "Cache-Control",
            "public, max-age=300",
            "Vary",
            "Accept-Encoding");

    private final transient Supplier<GuideFiles> files;
    private final transient Map<String, String> etags = new ConcurrentHashMap<>();

    GuideServlet(Supplier<GuideFiles> files) {
        this.files = files;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response) throws IOException {
        HEADERS.forEach(response::setHeader);
        String path = request.getPathInfo();
        if (!READING.contains(request.getMethod())) {
            response.setHeader("Allow", "GET, HEAD");
            response.setStatus(HttpServletResponse.SC_METHOD_NOT_ALLOWED);
        } else if (path == null) {
            // Relative, since the server may stand behind another path of a proxy.
            response.setHeader("Location", HttpSettings.GUIDE_PATH.substring(1) + "/");
            response.setStatus(HttpServletResponse.SC_MOVED_PERMANENTLY);
        } else {
            var found = files.get().find(path.substring(1));
            if (found.isPresent()) {
                sendUnlessKnown(found.get(), request, response);
            } else {
                response.setStatus(HttpServletResponse.SC_NOT_FOUND);
                send(files.get().find(GuideFiles.NOT_FOUND).orElseThrow(), request, response);
            }
        }
    }

    private void sendUnlessKnown(GuideFiles.File file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        // Weak, because the same page is sent packed and unpacked.
        String etag = etags.computeIfAbsent(file.name(), name -> "W/\"" + checksum(file.content()) + "\"");
        response.setHeader("ETag", etag);
        String known = request.getHeader("If-None-Match");
        if (known != null
                && (known.equals("*") || List.of(known.split("\\s*,\\s*", -1)).contains(etag))) {
            response.setStatus(HttpServletResponse.SC_NOT_MODIFIED);
        } else {
            send(file, request, response);
        }
    }

    private static void send(GuideFiles.File file, HttpServletRequest request, HttpServletResponse response)
            throws IOException {
        response.setContentType(file.type());
        byte[] content = file.content();
        if (file.isPacked() && takesGzip(request)) {
            response.setHeader("Content-Encoding", "gzip");
        } else if (file.isPacked()) {
            content = new GZIPInputStream(new ByteArrayInputStream(content)).readAllBytes();
        } else {
            response.setHeader("Content-Disposition", "attachment; filename=\"" + file.name() + "\"");
        }
        response.setContentLength(content.length);
        if (request.getMethod().equals("GET")) {
            response.getOutputStream().write(content);
        }
    }

    private static boolean takesGzip(HttpServletRequest request) {
        String accepted = request.getHeader("Accept-Encoding");
        return accepted != null && accepted.matches("(?i).*\\bgzip\\b(?!\\s*;\\s*q=0(\\.0*)?(\\s|,|$)).*");
    }

    private static String checksum(byte[] content) {
        CRC32 sum = new CRC32();
        sum.update(content);
        return Long.toHexString(sum.getValue()) + "-" + Integer.toHexString(content.length);
    }
}
