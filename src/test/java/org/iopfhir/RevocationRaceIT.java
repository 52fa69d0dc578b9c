// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RevocationRace;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/**
 * Not a byte of a patient's record arrives after the answer to a revocation. More rounds by {@code
 * -Dtest.revocation.rounds=1000}.
 */
class RevocationRaceIT {

    private static final int ROUNDS = Integer.getInteger("test.revocation.rounds", 40);

    @Test
    void nothingIsDisclosedAfterTheAnswerToARevocation() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        FhirClient program = RunningServer.client();
        RevocationRace race = new RevocationRace(program, List.of(program.base()), seed);

        List<String> leaks = race.run(ROUNDS);

        System.out.println(
                "revocation-race rounds=" + ROUNDS + " disclosed=" + race.disclosed() + " leaks=" + leaks.size());
        assertThat(leaks).as("-Dtest.seed=" + seed).isEmpty();
        assertThat(race.disclosed()).as("answers that held the record").isGreaterThan(ROUNDS / 2);
    }
}
