// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.nio.file.Path;

/**
 * What the name of an example's file says.
 *
 * @param rule  the rule that the example breaks; empty for a valid one
 * @param shows what it shows, in words
 */
public record ExampleName(String rule, String shows) {

    /** Read {@code card-goal--no-goal.json} as the rule card-goal and No goal. */
    public static ExampleName of(Path file) {
        String name = file.getFileName().toString().replaceFirst("\\.json$", "");
        int dashes = name.indexOf("--");
        String rule = dashes < 0 ? "" : name.substring(0, dashes);
        String shows = dashes < 0 ? name : name.substring(dashes + 2);
        return new ExampleName(
                rule,
                Character.toUpperCase(shows.charAt(0)) + shows.substring(1).replace('-', ' '));
    }
}
