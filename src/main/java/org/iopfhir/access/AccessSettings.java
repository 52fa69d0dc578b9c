// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.net.InetAddress;
import java.net.URI;
import java.net.UnknownHostException;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Whose access tokens are accepted.
 *
 * @param issuer     {@code iss} of an external authorization server, such as {@code https://login.example.org/realms/iop};
 *                   empty: the embedded one
 * @param besideEmbedded whether the embedded authorization server stays beside it, so that tokens of both are accepted
 * @param jwksUrl    where its keys are; empty: where its OpenID configuration says
 * @param audience   what {@code aud} must contain; empty: the FHIR base
 * @param rolesClaim claim with the codes of the caller's roles; dots lead into objects: {@code realm_access.roles}
 * @param anonymous  serve whoever brings no token as the program's own EHR, and so without any protection
 */
@ConfigurationProperties("iop.access")
public record AccessSettings(
        @DefaultValue("") String issuer,
        @DefaultValue("false") boolean besideEmbedded,
        @DefaultValue("") String jwksUrl,
        @DefaultValue("") String audience,
        @DefaultValue("iop_roles") String rolesClaim,
        @DefaultValue("false") boolean anonymous) {

    public AccessSettings {
        check("iop.access.issuer", issuer);
        check("iop.access.jwks-url", jwksUrl);
        if (issuer.isEmpty() && !jwksUrl.isEmpty()) {
            throw new IllegalArgumentException("iop.access.jwks-url needs iop.access.issuer beside it");
        }
        if (rolesClaim.isBlank()) {
            throw new IllegalArgumentException("iop.access.roles-claim must name a claim, such as iop_roles");
        }
    }

    /** For the tokens of the embedded authorization server, which says everything in its own words. */
    public static AccessSettings embedded() {
        return new AccessSettings("", false, "", "", "iop_roles", false);
    }

    /** Whether another server than this one issues the tokens. */
    public boolean isExternal() {
        return !issuer.isEmpty();
    }

    private static void check(String name, String url) {
        if (!url.isEmpty() && !isTrusted(url)) {
            throw new IllegalArgumentException(name + " must be an https URL; http only leads to this machine itself");
        }
    }

    /** Keys that came over plain HTTP could be anybody's. */
    static boolean isTrusted(String url) {
        try {
            URI uri = URI.create(url);
            return uri.getHost() != null
                    && ("https".equals(uri.getScheme())
                            || ("http".equals(uri.getScheme()) && isLoopback(uri.getHost())));
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean isLoopback(String host) {
        try {
            return (host.equals("localhost") || host.matches("[0-9.]+|\\[[0-9a-fA-F:]+]"))
                    && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
