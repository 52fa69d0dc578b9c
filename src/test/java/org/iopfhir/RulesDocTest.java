// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.iopfhir.attendance.HourRule;
import org.junit.jupiter.api.Test;

/** The page of the rules lists each rule that the code knows, with its severity, and no other. */
class RulesDocTest {
    private static final Pattern ROW = Pattern.compile("(?m)^\\| `([a-z0-9.-]+)` \\| (\\w+) \\|");
    private static final Pattern KEY =
            Pattern.compile("\"(iop-(?:plan|episode|session|score)-[a-z-]+|questionnaire-required|eligibility)\"");

    @Test
    void listsEveryRuleAboutHoursWithItsSeverity() throws IOException {
        Map<String, String> rows = rows();

        for (HourRule rule : HourRule.values()) {
            assertThat(rows).containsEntry(rule.key(), rule.severity().toCode());
        }
    }

    @Test
    void listsNoOtherRulesThanThoseOfTheCode() throws IOException {
        TreeSet<String> known = new TreeSet<>();
        Stream.of(HourRule.values()).forEach(rule -> known.add(rule.key()));
        for (String file : new String[] {
            "program/PlanRules",
            "program/EpisodeRules",
            "attendance/SessionRules",
            "conformance/Scores",
            "conformance/Findings"
        }) {
            String code = Files.readString(Path.of("src/main/java/org/iopfhir", file + ".java"));
            KEY.matcher(code).results().forEach(key -> known.add(key.group(1)));
        }

        assertThat(rows().keySet()).containsExactlyInAnyOrderElementsOf(known);
    }

    private static Map<String, String> rows() throws IOException {
        Map<String, String> rows = new TreeMap<>();
        String page = Files.readString(Path.of("src", "site", "markdown", "rules.md"));
        ROW.matcher(page).results().forEach(row -> rows.put(row.group(1), row.group(2)));
        assertThat(rows).hasSizeGreaterThan(15);
        return rows;
    }
}
