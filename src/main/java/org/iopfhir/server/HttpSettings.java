// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.net.URI;
import java.util.List;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How clients reach the server.
 *
 * @param baseUrl     the FHIR base as clients write it, such as {@code https://ehr.example.org/fhir}; empty: taken from
 *                    each request, which trusts its Host header, so set it in production
 * @param corsOrigins origins whose pages may call the server; {@code *} is any. No cookie is ever accepted
 */
@ConfigurationProperties("iop.http")
public record HttpSettings(
        @DefaultValue("") String baseUrl, @DefaultValue("*") List<String> corsOrigins) {

    /** Path of the FHIR base within the server. */
    public static final String FHIR_PATH = "/fhir";

    public HttpSettings {
        corsOrigins = List.copyOf(corsOrigins);
        if (!baseUrl.isEmpty() && !isHttpBase(baseUrl)) {
            throw new IllegalArgumentException(
                    "iop.http.base-url must be an absolute http or https URL that ends with " + FHIR_PATH);
        }
    }

    private static boolean isHttpBase(String url) {
        try {
            String scheme = URI.create(url).getScheme();
            return ("http".equals(scheme) || "https".equals(scheme)) && url.endsWith(FHIR_PATH);
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
