// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.util.Random;

/** Chance that can be had again: {@code -Dtest.seed=...} repeats what an earlier run printed. */
final class Seed {

    private Seed() {}

    static Random random(String test) {
        long seed = Long.getLong("test.seed", System.nanoTime());
        Report.say(test + ": -Dtest.seed=" + seed);
        return new Random(seed);
    }
}
