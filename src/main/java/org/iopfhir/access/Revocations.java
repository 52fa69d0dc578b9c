// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

/** Which access tokens were withdrawn before they ended. */
@FunctionalInterface
public interface Revocations {

    /** Whether the token of this {@code jti} was withdrawn. Asked at every request, so it costs next to nothing. */
    boolean isRevoked(String jti);
}
