// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/**
 * What clients ask first: where the endpoints are, and what they can do.
 *
 * @param registers whether clients may register themselves
 * @see <a href="https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html">SMART conformance</a>
 */
record Discovery(boolean registers) {

    private static final List<String> CAPABILITIES = List.of(
            "launch-ehr",
            "launch-standalone",
            "authorize-post",
            "client-public",
            "client-confidential-symmetric",
            "client-confidential-asymmetric",
            "sso-openid-connect",
            "context-banner",
            "context-style",
            "context-ehr-patient",
            "context-ehr-encounter",
            "context-standalone-patient",
            "permission-offline",
            "permission-online",
            "permission-patient",
            "permission-user",
            "permission-v1",
            "permission-v2");

    private static final List<String> RESOURCE_SCOPES = List.of(
            "patient/*.cruds", "user/*.cruds", "system/*.cruds", "patient/*.read", "user/*.read", "system/*.read");

    Map<String, Object> smart(Place place) {
        Map<String, Object> document = common(place);
        document.put("management_endpoint", place.url(Place.APPS));
        document.put("capabilities", CAPABILITIES);
        return document;
    }

    Map<String, Object> openId(Place place) {
        Map<String, Object> document = common(place);
        document.put("subject_types_supported", List.of("public"));
        document.put("id_token_signing_alg_values_supported", List.of("RS256"));
        document.put("claims_supported", List.of("iss", "sub", "aud", "exp", "iat", "nonce", "fhirUser"));
        return document;
    }

    private Map<String, Object> common(Place place) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("issuer", place.issuer());
        document.put("jwks_uri", place.url(Place.JWKS));
        document.put("authorization_endpoint", place.url(Place.AUTHORIZE));
        document.put("token_endpoint", place.url(Place.TOKEN));
        document.put("introspection_endpoint", place.url(Place.INTROSPECT));
        document.put("revocation_endpoint", place.url(Place.REVOKE));
        if (registers) {
            document.put("registration_endpoint", place.url(Place.REGISTER));
        }
        document.put("grant_types_supported", List.of("authorization_code", "refresh_token", "client_credentials"));
        document.put("response_types_supported", List.of("code"));
        document.put("code_challenge_methods_supported", List.of("S256"));
        document.put(
                "token_endpoint_auth_methods_supported",
                List.of("private_key_jwt", "client_secret_basic", "client_secret_post", "none"));
        document.put("token_endpoint_auth_signing_alg_values_supported", AssertionDecoders.algorithms());
        document.put(
                "scopes_supported",
                Stream.concat(Client.OTHER_SCOPES.stream(), RESOURCE_SCOPES.stream())
                        .toList());
        return document;
    }
}
