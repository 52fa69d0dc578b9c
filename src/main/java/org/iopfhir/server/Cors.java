// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.springframework.web.cors.CorsConfiguration;
import org.springframework.web.filter.CorsFilter;

/**
 * Lets pages of other origins call the FHIR API, and what an app asks of the authorization server. They identify
 * themselves by a token, never by a cookie; so the pages where people sign in are not for them.
 */
final class Cors {

    private static final Duration PREFLIGHT_AGE = Duration.ofHours(1);

    /** What an app asks by script. */
    private static final Set<String> FOR_APPS =
            Set.of("/auth/token", "/auth/introspect", "/auth/revoke", "/auth/register", "/auth/launch");

    private static final Set<String> PUBLISHED = Set.of("/auth/jwks", "/auth/smart-style.json");

    private static final Pattern LOOPBACK = Pattern.compile("(http://(?:127\\.0\\.0\\.1|\\[::1])):[0-9]{1,5}");

    private Cors() {}

    /**
     * @param origins    whose pages may call, by the settings
     * @param appOrigins whose pages belong to a registered app; asked at each request
     */
    static CorsFilter filter(List<String> origins, Supplier<List<String>> appOrigins) {
        CorsConfiguration anybody = configuration(List.of("*"));
        CorsConfiguration ofSettings = configuration(origins);
        return new CorsFilter(request -> {
            String path = request.getRequestURI();
            if (path.contains("/.well-known/") || PUBLISHED.contains(path)) {
                return anybody;
            }
            if (path.startsWith("/auth/") && !FOR_APPS.contains(path)) {
                // A form that is sent from such a page has the origin null; an EHR may send one from its own.
                return null;
            }
            String origin = request.getHeader("Origin");
            boolean ofApp = origin != null && !origins.contains("*") && isOfApp(origin, appOrigins.get());
            return ofApp ? configuration(List.of(origin)) : ofSettings;
        });
    }

    /** An app on the user's own machine takes any port that is free (RFC 8252), and its redirect names none. */
    private static boolean isOfApp(String origin, List<String> registered) {
        Matcher loopback = LOOPBACK.matcher(origin);
        return registered.contains(origin) || (loopback.matches() && registered.contains(loopback.group(1)));
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
