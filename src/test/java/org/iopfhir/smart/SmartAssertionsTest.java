// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Method;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;

/** A table of assertions whose tests are gone would show nothing. */
class SmartAssertionsTest {

    private static final Path DOCUMENT = Path.of("src", "site", "markdown", "smart-assertions.md");
    private static final Pattern ROW = Pattern.compile("\\| .* \\| .* \\| `(\\w+)\\.(\\w+)` \\|");

    @Test
    void everyAssertionNamesATest() throws Exception {
        List<String> rows = Files.readAllLines(DOCUMENT, StandardCharsets.UTF_8).stream()
                .filter(line -> line.startsWith("| ") && !line.startsWith("| about"))
                .toList();

        assertThat(rows).hasSizeGreaterThan(30);
        for (String row : rows) {
            Matcher matcher = ROW.matcher(row);
            assertThat(matcher.matches()).as(row).isTrue();
            assertThat(isTest(matcher.group(1), matcher.group(2))).as(row).isTrue();
        }
    }

    private static boolean isTest(String name, String method) throws ClassNotFoundException {
        Class<?> type = Class.forName("org.iopfhir.smart." + name);
        return Arrays.stream(type.getDeclaredMethods())
                .filter(candidate -> candidate.getName().equals(method))
                .anyMatch(SmartAssertionsTest::isTest);
    }

    private static boolean isTest(Method method) {
        return method.isAnnotationPresent(Test.class) || method.isAnnotationPresent(ParameterizedTest.class);
    }
}
