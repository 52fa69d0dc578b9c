// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.List;
import java.util.stream.Stream;

/** Spares a build in which nothing changed what it has made before. */
public final class Freshness {
    private Freshness() {}

    /** Return whether {@code target} is there and younger than every file and folder below {@code sources}. */
    public static boolean isCurrent(Path target, List<Path> sources) throws IOException {
        if (!Files.exists(target)) {
            return false;
        }
        FileTime made = Files.getLastModifiedTime(target);
        for (Path source : sources) {
            // A folder is newer when a file in it was removed.
            try (Stream<Path> inside = Files.walk(source)) {
                for (Path path : inside.toList()) {
                    if (Files.getLastModifiedTime(path).compareTo(made) >= 0) {
                        return false;
                    }
                }
            }
        }
        return true;
    }
}
