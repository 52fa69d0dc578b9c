// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
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

    /** Each round adds to the record, so that after many more of them a whole record would be all that is raced for. */
    private static final int ROUNDS_OF_ONE_RECORD = 50;

    @Test
    void nothingIsDisclosedAfterTheAnswerToARevocation() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        FhirClient program = RunningServer.client();
        List<String> leaks = new ArrayList<>();
        int disclosed = 0;

        for (int done = 0; done < ROUNDS; done += ROUNDS_OF_ONE_RECORD) {
            RevocationRace race = new RevocationRace(program, List.of(program.base()), seed + done);
            leaks.addAll(race.run(Math.min(ROUNDS_OF_ONE_RECORD, ROUNDS - done)));
            disclosed += race.disclosed();
            System.out.println(
                    "revocation-race seed=" + seed + " to-round=" + Math.min(done + ROUNDS_OF_ONE_RECORD, ROUNDS)
                            + " disclosed=" + disclosed + " leaks=" + leaks.size());
        }

        assertThat(leaks).as("-Dtest.seed=" + seed).isEmpty();
        assertThat(disclosed).as("answers that held the record").isGreaterThan(ROUNDS / 2);
    }
}
