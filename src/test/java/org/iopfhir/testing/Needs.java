// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import org.junit.jupiter.api.Assumptions;

/** What a test needs that not every machine has. */
public final class Needs {

    private Needs() {}

    /** Go on if it is there; else say so where somebody who watches the build reads it, and skip. */
    public static void that(boolean isThere, String test, String what) {
        if (!isThere) {
            System.err.println("SKIPPED: " + test + " needs " + what);
        }
        Assumptions.assumeTrue(isThere, "needs " + what);
    }
}
