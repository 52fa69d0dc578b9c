// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Duration;
import java.util.List;
import java.util.function.Supplier;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;

/** Lets pages of other origins call the FHIR API. They identify themselves by a token, never by a cookie. */
final class Cors {

    private static final Duration PREFLIGHT_AGE = Duration.ofHours(1);

    private Cors() {}

    /**
     * @param origins    whose pages may call, by the settings
     * @param appOrigins whose pages belong to a registered app; asked at each request
     */
    static CorsFilter filter(List<String> origins, Supplier<List<String>> appOrigins) {
        CorsConfiguration anybody = configuration(List.of("*"));
        CorsConfiguration ofSettings = configuration(origins);
        return new CorsFilter(request -> {
            if (request.getRequestURI().contains("/.well-known/")) {
                return anybody;
            }
            String origin = request.getHeader("Origin");
            boolean ofApp =
                    origin != null && !origins.contains("*") && appOrigins.get().contains(origin);
            return ofApp ? configuration(List.of(origin)) : ofSettings;
        });
    }

    private static CorsConfiguration configuration(List<String> origins) {
        CorsConfiguration cors = new CorsConfiguration();
        cors.setAllowedOrigins(origins);
        cors.setAllowedMethods(List.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"));
        cors.setAllowedHeaders(List.of(
                "Accept",
                "Authorization",
                "Content-Type",
                "If-Match",
                "If-Modified-Since",
                "If-None-Exist",
                "If-None-Match",
                "Prefer",
                "X-Request-ID"));
        cors.setExposedHeaders(
                List.of("Content-Location", "ETag", "Last-Modified", "Location", "Retry-After", "X-Request-ID"));
        cors.setAllowCredentials(false);
        cors.setMaxAge(PREFLIGHT_AGE);
        return cors;
    }
}
