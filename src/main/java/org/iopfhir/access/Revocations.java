// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

/** Which access tokens were taken back before they expired. */
@FunctionalInterface
public interface Revocations {

    /** Whether the token of this {@code jti} was taken back. Asked at every request, so it costs next to nothing. */
    boolean isRevoked(String jti);
}
