// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.RemoteKeySourceException;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jose.util.JSONObjectUtils;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.text.ParseException;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An authorization server elsewhere. Its keys are fetched when they are first needed, kept for some minutes, and kept
 * in use for a while when it cannot be reached.
 */
public final class RemoteIssuer implements TokenIssuer, JWKSource<SecurityContext> {

    private static final int CONNECT_MILLIS = 2_000;
    private static final int READ_MILLIS = 3_000;
    private static final int MOST_BYTES = 256 * 1024;
    private static final Duration OUTAGE = Duration.ofHours(1);

    private final AccessSettings settings;
    private final DefaultResourceRetriever http = new DefaultResourceRetriever(CONNECT_MILLIS, READ_MILLIS, MOST_BYTES);
    private volatile @Nullable JWKSource<SecurityContext> keys;

    public RemoteIssuer(AccessSettings settings) {
        this.settings = settings;
    }

    @Override
    public String issuer(String fhirBase) {
        return settings.issuer();
    }

    @Override
    public JWKSource<SecurityContext> keys() {
        return this;
    }

    @Override
    public List<JWK> get(JWKSelector selector, SecurityContext context) throws KeySourceException {
        JWKSource<SecurityContext> found = keys;
        if (found == null) {
            // Two threads may both make one; either will do.
            found = open();
            keys = found;
        }
        return found.get(selector, context);
    }

    private JWKSource<SecurityContext> open() throws KeySourceException {
        try {
            URL url = URI.create(settings.jwksUrl().isEmpty() ? discover() : settings.jwksUrl())
                    .toURL();
            return JWKSourceBuilder.create(url, http)
                    .retrying(true)
                    .outageTolerant(OUTAGE.toMillis())
                    .refreshAheadCache(false)
                    .build();
        } catch (IOException | ParseException e) {
            throw new RemoteKeySourceException("The keys of the authorization server cannot be fetched", e);
        }
    }

    private String discover() throws IOException, ParseException {
        String issuer = settings.issuer();
        String base = issuer.endsWith("/") ? issuer.substring(0, issuer.length() - 1) : issuer;
        URL url = URI.create(base + "/.well-known/openid-configuration").toURL();
        String keysAt = JSONObjectUtils.getString(
                JSONObjectUtils.parse(http.retrieveResource(url).getContent()), "jwks_uri");
        if (keysAt == null || !AccessSettings.isTrusted(keysAt)) {
            throw new ParseException("jwks_uri is missing or not trusted", 0);
        }
        return keysAt;
    }
}
