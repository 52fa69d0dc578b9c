// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the signing keys lie in the database.
 *
 * @param secret by which they are sealed, the same on every node; empty: they lie there as they are
 */
@ConfigurationProperties("iop.smart.key")
public record KeySettings(@DefaultValue("") String secret) {

    private static final int LENGTH = 32;

    public KeySettings {
        if (!secret.isEmpty() && secret.length() < LENGTH) {
            throw new IllegalArgumentException(
                    "iop.smart.key.secret must be empty or have at least " + LENGTH + " characters");
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "KeySettings[secret=" + (secret.isEmpty() ? "none" : "set") + "]";
    }
}
