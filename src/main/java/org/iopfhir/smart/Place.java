// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import jakarta.servlet.http.HttpServletRequest;
import java.net.URI;

/**
 * Under which addresses the server is reached.
 *
 * @param issuer of tokens, and base of this room's addresses; without a slash at its end
 */
record Place(String issuer) {

    static final String AUTHORIZE = "/auth/authorize";
    static final String TOKEN = "/auth/token";
    static final String INTROSPECT = "/auth/introspect";
    static final String REVOKE = "/auth/revoke";
    static final String JWKS = "/auth/jwks";
    static final String REGISTER = "/auth/register";
    static final String LAUNCH = "/auth/launch";
    static final String STYLE = "/auth/smart-style.json";
    static final String APPS = "/auth/apps";
    static final String OPENID = "/.well-known/openid-configuration";
    static final String SMART = "/.well-known/smart-configuration";
    static final String FHIR = "/fhir";

    /** As the setting says it, or else as the request was sent. */
    static Place of(String baseUrl, HttpServletRequest request) {
        if (!baseUrl.isEmpty()) {
            return new Place(baseUrl.substring(0, baseUrl.length() - FHIR.length()));
        }
        URI url = URI.create(request.getRequestURL().toString());
        return new Place(url.getScheme() + "://" + url.getRawAuthority());
    }

    String fhirBase() {
        return issuer + FHIR;
    }

    String url(String path) {
        return issuer + path;
    }
}
