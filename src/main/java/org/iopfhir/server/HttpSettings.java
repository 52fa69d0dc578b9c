// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.net.URI;
import java.util.List;
import org.iopfhir.server.edge.Networks;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How clients reach the server.
 *
 * @param baseUrl     the FHIR base as clients write it, such as {@code https://ehr.example.org/fhir}; empty: taken from
 *                    each request, which trusts its Host header, so set it in production
 * @param corsOrigins origins whose pages may call the server, besides those of the registered apps; {@code *} is any.
 *                    No cookie is ever accepted
 * @param trustedProxies addresses and networks of proxies; what others say in {@code Forwarded} and
 *                    {@code X-Forwarded-*} is not believed
 */
@ConfigurationProperties("iop.http")
public record HttpSettings(
        @DefaultValue("") String baseUrl,
        @DefaultValue List<String> corsOrigins,
        @DefaultValue List<String> trustedProxies) {

    /** Path of the FHIR base within the server. */
    public static final String FHIR_PATH = "/fhir";

    /** Path of the implementation guide within the server. */
    static final String GUIDE_PATH = "/guide";

    static final String CONSENTS_PATH = "/consents";

    public HttpSettings {
        corsOrigins = List.copyOf(corsOrigins);
        trustedProxies = List.copyOf(trustedProxies);
        if (!baseUrl.isEmpty() && !isHttpBase(baseUrl)) {
            throw new IllegalArgumentException(
                    "iop.http.base-url must be an absolute http or https URL that ends with " + FHIR_PATH);
        }
        if (!corsOrigins.stream().allMatch(HttpSettings::isOrigin)) {
            throw new IllegalArgumentException(
                    "iop.http.cors-origins must be * or origins such as https://app.example.org, without a path");
        }
        try {
            Networks.of(trustedProxies);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("iop.http.trusted-proxies: " + e.getMessage(), e);
        }
    }

    private static boolean isHttpBase(String url) {
        return url.endsWith(FHIR_PATH) && isHttp(url);
    }

    private static boolean isOrigin(String origin) {
        return origin.equals("*")
                || (isHttp(origin) && URI.create(origin).getRawPath().isEmpty());
    }

    private static boolean isHttp(String url) {
        try {
            URI uri = URI.create(url);
            return ("http".equals(uri.getScheme()) || "https".equals(uri.getScheme())) && uri.getHost() != null;
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
