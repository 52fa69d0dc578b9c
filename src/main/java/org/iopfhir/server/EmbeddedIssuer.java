// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;
import java.util.List;
import java.util.Set;
import org.iopfhir.access.TokenIssuer;
import org.iopfhir.smart.Smart;

/**
 * The authorization server beside the FHIR API, as whoever checks tokens sees it.
 *
 * @param smart has the keys
 */
record EmbeddedIssuer(Smart smart) implements TokenIssuer, JWKSource<SecurityContext> {

    /** The FHIR base without its path, as the authorization server names itself. */
    @Override
    public String issuer(String fhirBase) {
        return fhirBase.endsWith(HttpSettings.FHIR_PATH)
                ? fhirBase.substring(0, fhirBase.length() - HttpSettings.FHIR_PATH.length())
                : fhirBase;
    }

    @Override
    public JWKSource<SecurityContext> keys() {
        return this;
    }

    @Override
    public List<JWK> get(JWKSelector selector, SecurityContext context) {
        Set<String> ids = selector.getMatcher().getKeyIDs();
        return ids == null
                ? List.of()
                : ids.stream()
                        .flatMap(id -> selector.select(smart.publicKeys(id)).stream())
                        .toList();
    }
}
