// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;

public record Clause(
        Effect effect,
        String recipient,
        String purpose,
        Instant from,
        Instant until,
        Instant dataFrom,
        Instant dataUntil,
        ContentTerms terms) {
    public enum Effect {
        PERMIT,
        DENY
    }

    public static final Instant BEGINNING = Instant.parse("0001-01-01T00:00:00Z"),
            FOREVER = Instant.parse("9999-12-31T00:00:00Z");
    public static final String ANYONE = "*";
}
