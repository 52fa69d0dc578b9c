// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Who looks, while HAPI builds the search that runs next on this thread; it does not say whose request it is where it
 * builds {@code _has}.
 */
public final class Looking {

    private static final ThreadLocal<@Nullable Viewer> NOW = new ThreadLocal<>();

    private Looking() {}

    /** The search that comes next on this thread is of {@code viewer}; empty: of the server itself. */
    public static void next(Optional<Viewer> viewer) {
        viewer.ifPresentOrElse(NOW::set, NOW::remove);
    }

    static Optional<Viewer> viewer() {
        return Optional.ofNullable(NOW.get());
    }
}
