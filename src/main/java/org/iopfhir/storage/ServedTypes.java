// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;

/** The closed list of resource types that are stored and served; the list itself is data, {@code served-types.txt}. */
public final class ServedTypes {

    private static final List<String> NAMES = load();

    private ServedTypes() {}

    /** Type names in alphabetical order. */
    public static List<String> names() {
        return NAMES;
    }

    private static List<String> load() {
        try (InputStream in = ServedTypes.class.getResourceAsStream("served-types.txt")) {
            if (in == null) {
                throw new IllegalStateException("served-types.txt is missing from the jar");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(String::trim)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#"))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
