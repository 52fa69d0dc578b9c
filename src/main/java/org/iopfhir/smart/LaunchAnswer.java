// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jwt.JWTParser;
import java.text.ParseException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.springframework.security.oauth2.server.authorization.OAuth2Authorization;
import org.springframework.security.oauth2.server.authorization.authentication.OAuth2AccessTokenAuthenticationToken;

/** What the token answer says of the launch. */
final class LaunchAnswer {

    private LaunchAnswer() {}

    /** Empty for a system that acts itself. */
    static Optional<Map<String, Object>> of(OAuth2AccessTokenAuthenticationToken made, GrantStore grants, Place place) {
        return grantOf(made, grants).map(grant -> {
            Map<String, Object> more = new LinkedHashMap<>(made.getAdditionalParameters());
            LaunchContext context = GrantJson.context(grant);
            if (context.patient() != null) {
                more.put("patient", context.patient());
            }
            if (context.encounter() != null) {
                more.put("encounter", context.encounter());
                more.put("fhirContext", List.of(Map.of("reference", "Encounter/" + context.encounter())));
            }
            if (context.intent() != null) {
                more.put("intent", context.intent());
            }
            if (context.patient() != null || context.fromEhr()) {
                // Only an EHR that has opened the app shows whose record it is.
                more.put("need_patient_banner", !context.fromEhr());
                more.put("smart_style_url", place.url(Place.STYLE));
            }
            return more;
        });
    }

    private static Optional<OAuth2Authorization> grantOf(OAuth2AccessTokenAuthenticationToken made, GrantStore grants) {
        try {
            String jti = JWTParser.parse(made.getAccessToken().getTokenValue())
                    .getJWTClaimsSet()
                    .getJWTID();
            int dot = jti.indexOf('.');
            return dot < 0 ? Optional.empty() : Optional.ofNullable(grants.findById(jti.substring(0, dot)));
        } catch (ParseException e) {
            throw new IllegalStateException(e);
        }
    }
}
