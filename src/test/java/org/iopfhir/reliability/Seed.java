// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.util.Random;

/** Chance that can be had again: {@code -Diop.seed=...} repeats what an earlier run printed. */
final class Seed {

    private Seed() {}

    static Random random(String test) {
        long seed = Long.getLong("iop.seed", System.nanoTime());
        Report.say(test + ": -Diop.seed=" + seed);
        return new Random(seed);
    }
}
