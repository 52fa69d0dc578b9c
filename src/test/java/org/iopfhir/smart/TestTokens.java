// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import org.iopfhir.testing.RunningServer;

/** Looks at tokens as the resource server does. */
final class TestTokens {

    private TestTokens() {}

    static boolean isRevoked(String token) {
        try {
            String jti = SignedJWT.parse(token).getJWTClaimsSet().getJWTID();
            return RunningServer.bean(Smart.class).revocations().isRevoked(jti);
        } catch (ParseException e) {
            throw new AssertionError(e);
        }
    }
}
