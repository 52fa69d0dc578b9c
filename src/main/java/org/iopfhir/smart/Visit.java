// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** One request for a page, and its answer. */
record Visit(HttpServletRequest request, HttpServletResponse response, Place place) {

    boolean isPost() {
        return request.getMethod().equals("POST");
    }

    String parameter(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    List<String> parameters(String name) {
        String[] values = request.getParameterValues(name);
        return values == null ? List.of() : List.of(values);
    }

    /** Send the browser to a page of this server. */
    void go(String page, String request) {
        see(page + "?request=" + encode(request));
    }

    void see(String location) {
        response.setHeader("Location", location);
        response.setStatus(HttpServletResponse.SC_SEE_OTHER);
    }

    /** Send the browser back to the app. */
    void back(Authorize.Back back, Map<String, String> answer) {
        String query = answer.entrySet().stream()
                .map(field -> field.getKey() + "=" + encode(field.getValue()))
                .collect(Collectors.joining("&"));
        String state = back.state().isEmpty() ? "" : "&state=" + encode(back.state());
        see(back.redirect() + (back.redirect().contains("?") ? "&" : "?") + query + state);
    }

    /**
     * Show a page.
     *
     * @param redirect where the page may at last lead to, as browsers hold redirects after a form to the policy too
     */
    void show(int status, Page page, @Nullable String redirect) throws IOException {
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
                        + (redirect == null ? "" : " " + source(redirect)));
        Answers.html(response, status, page.html());
    }

    void showProblem(int status, String what) throws IOException {
        show(
                status,
                new Page("This did not work")
                        .problem(what)
                        .add("<p>Go back to the app and start again. If it happens again, ask who runs the app.</p>"),
                null);
    }

    private static String source(String url) {
        URI uri = URI.create(url);
        return uri.getHost() == null ? uri.getScheme() + ":" : uri.getScheme() + "://" + uri.getRawAuthority();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
