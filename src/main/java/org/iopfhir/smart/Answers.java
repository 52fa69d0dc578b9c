// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.databind.ObjectMapper;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** Writes answers. */
final class Answers {

    private static final ObjectMapper JSON = new ObjectMapper();

    private Answers() {}

    static void json(HttpServletResponse response, int status, Object content) throws IOException {
        bytes(response, status, "application/json", JSON.writeValueAsString(content));
    }

    /** As OAuth says what is wrong. */
    static void error(HttpServletResponse response, int status, String code, String description) throws IOException {
        json(response, status, Map.of("error", code, "error_description", description));
    }

    static void html(HttpServletResponse response, int status, String content) throws IOException {
        bytes(response, status, "text/html;charset=UTF-8", content);
    }

    static void css(HttpServletResponse response, String content) throws IOException {
        bytes(response, HttpServletResponse.SC_OK, "text/css;charset=UTF-8", content);
    }

    /** Nobody keeps it on the way. */
    static void unstored(HttpServletResponse response) {
        response.setHeader("Cache-Control", "no-store");
        response.setHeader("Pragma", "no-cache");
    }

    private static void bytes(HttpServletResponse response, int status, String type, String content)
            throws IOException {
        byte[] bytes = content.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(bytes.length);
        response.getOutputStream().write(bytes);
    }
}
