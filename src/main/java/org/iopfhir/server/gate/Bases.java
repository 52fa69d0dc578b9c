// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.gate;

/**
 * The FHIR base as a client writes it.
 *
 * @param fixed the one base, from the settings; empty: as each request says
 * @param path  of the FHIR endpoint
 */
public record Bases(String fixed, String path) {

    /**
     * @param scheme    of the request
     * @param authority host, and port unless it is the usual one of the scheme
     */
    public String of(String scheme, String authority) {
        return fixed.isEmpty() ? scheme + "://" + withoutUsualPort(scheme, authority) + path : fixed;
    }

    private static String withoutUsualPort(String scheme, String authority) {
        String usual = scheme.equals("https") ? ":443" : ":80";
        return authority.endsWith(usual) ? authority.substring(0, authority.length() - usual.length()) : authority;
    }
}
