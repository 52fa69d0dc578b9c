// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.crypto.RSASSAVerifier;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import java.text.ParseException;
import java.time.Clock;
import java.util.Optional;
import org.iopfhir.access.Revocations;

/** Recognizes the access tokens that this server has made and that still hold. */
final class OwnTokens {

    private final Keys keys;
    private final Revocations revoked;
    private final Clock clock;

    OwnTokens(Keys keys, Revocations revoked, Clock clock) {
        this.keys = keys;
        this.revoked = revoked;
        this.clock = clock;
    }

    /** What an access token says; empty when it is none of this server's, has ended or was withdrawn. */
    Optional<JWTClaimsSet> read(String token, Place place) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            JWTClaimsSet claims = jwt.getJWTClaimsSet();
            boolean holds = isSigned(jwt)
                    && place.issuer().equals(claims.getIssuer())
                    && claims.getAudience().contains(place.fhirBase())
                    && claims.getExpirationTime() != null
                    && claims.getExpirationTime().toInstant().isAfter(clock.instant())
                    && claims.getJWTID() != null
                    && !revoked.isRevoked(claims.getJWTID());
            return holds ? Optional.of(claims) : Optional.empty();
        } catch (ParseException | JOSEException e) {
            return Optional.empty();
        }
    }

    private boolean isSigned(SignedJWT jwt) throws JOSEException {
        String keyId = jwt.getHeader().getKeyID();
        if (keyId == null || !JWSAlgorithm.RS256.equals(jwt.getHeader().getAlgorithm())) {
            return false;
        }
        JWK key = keys.publishedWith(keyId).getKeyByKeyId(keyId);
        return key != null && jwt.verify(new RSASSAVerifier(key.toRSAKey()));
    }
}
