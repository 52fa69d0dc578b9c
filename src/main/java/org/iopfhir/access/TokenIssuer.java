// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.proc.SecurityContext;

/** Who issues the access tokens that are accepted: one issuer, and the public keys that he signs with. */
public interface TokenIssuer {

    /**
     * {@code iss} of his tokens.
     *
     * @param fhirBase as the request was sent to it, without a slash at its end
     */
    String issuer(String fhirBase);

    /** His public keys; asked for with each token that is not known yet. */
    JWKSource<SecurityContext> keys();
}
