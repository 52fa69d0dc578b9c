// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import java.util.Map;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.Request;

/**
 * Gives every answer the headers that keep browsers and caches careful, before anything else looks at the request. Whoever
 * serves a page, or something that may be kept, replaces them; whoever forgets leaves the strictest.
 */
public final class AnswerHeaders implements HttpConfiguration.Customizer {

    /** For an answer that is data. */
    private static final Map<String, String> STRICTEST = Map.of(
            "Cache-Control", "no-store",
            "Content-Security-Policy", "default-src 'none'; base-uri 'none'; frame-ancestors 'none'",
            "Referrer-Policy", "no-referrer",
            "X-Content-Type-Options", "nosniff",
            "X-Frame-Options", "DENY");

    private static final String HSTS = "Strict-Transport-Security";
    private static final String ONE_YEAR = "max-age=31536000";

    private final boolean alwaysHttps;

    /** @param baseUrl by which clients know the server; when it is https, no answer is meant for anything else */
    public AnswerHeaders(String baseUrl) {
        this.alwaysHttps = baseUrl.startsWith("https:");
    }

    /** Comes after whoever finds out whether the request is https. */
    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        add(request, answer);
        return request;
    }

    /** For an answer that Jetty makes of a request which it cannot read, and so shows to nobody before. */
    public void add(Request request, HttpFields.Mutable answer) {
        STRICTEST.forEach(answer::put);
        if (alwaysHttps || request.isSecure()) {
            answer.put(HSTS, ONE_YEAR);
        }
    }
}
