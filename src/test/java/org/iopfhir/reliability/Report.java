// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** What was measured, on the console and in {@code target/reliability/report.txt}. */
final class Report {

    private static final Path FILE = Path.of("target", "reliability", "report.txt");

    private Report() {}

    static synchronized void say(String line) {
        System.out.println(line);
        try {
            Files.createDirectories(FILE.toAbsolutePath().getParent());
            Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
