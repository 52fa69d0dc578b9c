// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Duration;
import java.util.List;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.cors.UrlBasedCorsConfigurationSource;
import org.springframework.web.filter.CorsFilter;

/** Lets pages of other origins call the FHIR API. They identify themselves by a token, never by a cookie. */
final class Cors {

    private static final Duration PREFLIGHT_AGE = Duration.ofHours(1);

    private Cors() {}

    static CorsFilter filter(List<String> origins) {
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
        UrlBasedCorsConfigurationSource source = new UrlBasedCorsConfigurationSource();
        source.registerCorsConfiguration("/**", cors);
        return new CorsFilter(source);
    }
}
