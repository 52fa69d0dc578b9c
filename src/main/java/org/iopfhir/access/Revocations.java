// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

/** Which access tokens were taken back before they expired. Asked with every request. */
public interface Revocations {

    /** Whether the token of this {@code jti} was taken back. */
    boolean isRevoked(String tokenId);
}
