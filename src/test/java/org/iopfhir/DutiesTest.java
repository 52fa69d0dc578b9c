// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** A table of duties whose tests are gone would show nothing. */
class DutiesTest {

    private static final Path DOCUMENT = Path.of("src", "site", "markdown", "part2-duties.md");
    private static final Path TESTS = Path.of("src", "test", "java", "org", "iopfhir");
    private static final Pattern ROW = Pattern.compile("\\| .* \\| .* \\| `(\\w+)\\.(\\w+)` \\|");

    @Test
    void everyDutyNamesATest() throws IOException {
        List<String> rows = Files.readAllLines(DOCUMENT, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| duty"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(35);
        for (String row : rows) {
            Matcher matcher = ROW.matcher(row);
            assertThat(matcher.matches()).as(row).isTrue();
            assertThat(source(matcher.group(1)))
                    .as(row)
                    .containsPattern(
                            "@(Test|ParameterizedTest)((?!\\bvoid )[\\s\\S])*\\bvoid " + matcher.group(2) + "\\(");
        }
    }

    private static String source(String name) throws IOException {
        try (Stream<Path> files = Files.walk(TESTS)) {
            Path file = files.filter(path -> path.endsWith(name + ".java"))
                    .findAny()
                    .orElseThrow(() -> new AssertionError("There is no " + name));
            return Files.readString(file, StandardCharsets.UTF_8);
        }
    }
}
