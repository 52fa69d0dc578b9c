// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Who looks, while HAPI builds the search that runs next on this thread, or reads a history; it does not say whose
 * request it is where it builds {@code _has}, and nowhere in a history.
 */
public final class Looking {

    private static final ThreadLocal<@Nullable Viewer> NOW = new ThreadLocal<>();

    private static final ThreadLocal<@Nullable Viewer> VERSIONS = new ThreadLocal<>();

    private Looking() {}

    /** The search that comes next on this thread is of {@code viewer}; empty: of the server itself. */
    public static void next(Optional<Viewer> viewer) {
        viewer.ifPresentOrElse(NOW::set, NOW::remove);
    }

    /** What {@code read} gives, when all that is found on this thread is for {@code viewer}. */
    public static <T> T during(Optional<Viewer> viewer, Supplier<T> read) {
        VERSIONS.set(viewer.orElse(null));
        try {
            return read.get();
        } finally {
            VERSIONS.remove();
        }
    }

    /** Who is to see the history that is being read. */
    static Optional<Viewer> ofVersions() {
        return Optional.ofNullable(VERSIONS.get());
    }

    static Optional<Viewer> viewer() {
        return Optional.ofNullable(NOW.get());
    }
}
