// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.time.Instant;
import java.util.List;
import java.util.Set;

/** An access and a disclosure, for tests of where they are kept. */
final class AuditRows {

    static final Instant NOW = Instant.parse("2026-03-04T10:00:00.123Z");

    static final DisclosedRow BY_CONSENT = new DisclosedRow(
            "d1",
            "patient-1",
            NOW,
            new DisclosedRow.Party("Organization/1", "a \"client\"\tof\nmany\\words", null, "127.0.0.1"),
            "TREAT",
            new DisclosedRow.Basis("consent-1", "consent"),
            List.of("Observation/1", "Observation/2/_history/3"));

    private AuditRows() {}

    static AuditRow row(String id) {
        return new AuditRow(
                id,
                NOW,
                new AuditRow.Deed("rest", List.of("read"), "R", "0", "Observation", List.of("Observation/1"), null),
                new AuditRow.Doer(null, null, "client", List.of(), "TREAT", List.of()),
                new AuditRow.Origin("request", "127.0.0.1", 200, null, null),
                Set.of("patient-1"));
    }
}
