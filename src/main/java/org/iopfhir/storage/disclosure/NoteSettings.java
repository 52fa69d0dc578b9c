// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the words of counseling notes lie in the database.
 *
 * @param secret by which they are sealed, the same on every node; empty: they lie there as they are
 */
@ConfigurationProperties("iop.part2.notes")
public record NoteSettings(@DefaultValue("") String secret) {

    private static final int LENGTH = 32;

    public NoteSettings {
        if (!secret.isEmpty() && secret.length() < LENGTH) {
            throw new IllegalArgumentException(
                    "iop.part2.notes.secret must be empty or have at least " + LENGTH + " characters");
        }
    }

    /** Without the secret. */
    @Override
    public String toString() {
        return "NoteSettings[secret=" + (secret.isEmpty() ? "none" : "set") + "]";
    }
}
