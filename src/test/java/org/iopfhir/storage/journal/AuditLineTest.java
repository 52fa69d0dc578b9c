// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.iopfhir.storage.journal.AuditRows.BY_CONSENT;
import static org.iopfhir.storage.journal.AuditRows.NOW;
import static org.iopfhir.storage.journal.AuditRows.row;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AuditLineTest {

    private static final AuditRow FULL = new AuditRow(
            "id-1",
            NOW,
            new AuditRow.Deed(
                    "a type",
                    List.of("one", "two"),
                    "E",
                    "8",
                    "Patient",
                    List.of("Patient/1", "Patient/2/_history/3"),
                    "name=Żółć \"quoted\"\n\\\u0007"),
            new AuditRow.Doer("Practitioner/1", "a name", "client", List.of("r1", "r2"), "TREAT", List.of("Device/1")),
            new AuditRow.Origin("request", "::1", 404, "Device/2", NOW.plusNanos(7)),
            Set.of("1", "2"));

    private static final AuditRow EMPTY = new AuditRow(
            "id-2",
            NOW,
            new AuditRow.Deed("rest", List.of(), null, null, null, List.of(), null),
            AuditRow.Doer.UNKNOWN,
            new AuditRow.Origin(null, null, 0, null, null),
            Set.of());

    @Test
    void givesBackAllThatItSays() throws IOException {
        DisclosedRow toAPerson = new DisclosedRow(
                "d2",
                "patient-2",
                NOW,
                new DisclosedRow.Party("RelatedPerson/1", null, "RelatedPerson/1", "::1"),
                "PATRQT",
                new DisclosedRow.Basis(null, "emergency"),
                List.of("Goal/1"));
        List<AuditRow> rows = new ArrayList<>(List.of(row("a")));
        List<DisclosedRow> disclosed = new ArrayList<>();

        byte[] line = AuditLine.of(List.of(FULL, EMPTY), List.of(BY_CONSENT, toAPerson));
        AuditLine.read(line, 0, line.length, rows, disclosed);

        assertThat(rows).containsExactly(row("a"), FULL, EMPTY);
        assertThat(disclosed).containsExactly(BY_CONSENT, toAPerson);
        assertThat(new String(line, StandardCharsets.UTF_8)).doesNotContain("\n");
    }

    /** Rather than to take one thing for another. */
    @Test
    void whatAnotherReleaseHasWrittenIsNotGuessed() {
        for (String other : List.of("{\"rows\":[]}", "[2,[]]", "[[]]", "1")) {
            byte[] line = other.getBytes(StandardCharsets.UTF_8);

            assertThatThrownBy(() -> AuditLine.read(line, 0, line.length, new ArrayList<>(), new ArrayList<>()))
                    .isInstanceOf(IOException.class);
        }
    }
}
