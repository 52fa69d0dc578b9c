// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.hl7.fhir.r4.model.Consent;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RevocationRace;
import org.junit.jupiter.api.Test;

/**
 * A consent is revoked on one node while a hospital asks the other: nothing arrives from there after the answer. More
 * rounds by {@code -Dtest.revocation.rounds=1000}.
 */
class TwoNodesRevocationIT {

    private static final int ROUNDS = Integer.getInteger("test.revocation.rounds", 15);
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final Duration LONGEST_LIFE = Duration.ofSeconds(40);

    @Test
    void nothingIsDisclosedByTheOtherNodeAfterTheAnswerToARevocation() throws Exception {
        long seed = Long.getLong("test.seed", System.nanoTime());
        try (Postgres postgres = new Postgres();
                ServerProcess one = ServerProcess.launch("revoking-node", TwoNodesIT.settings(postgres));
                ServerProcess other = ServerProcess.launch("serving-node", TwoNodesIT.settings(postgres))) {
            one.awaitReadiness(PATIENCE);
            other.awaitReadiness(PATIENCE);
            RevocationRace race =
                    new RevocationRace(one.fhir(), List.of(other.fhir().base()), seed);

            List<String> leaks = race.run(ROUNDS);

            System.out.println("revocation-race-of-two-nodes rounds=" + ROUNDS + " disclosed=" + race.disclosed()
                    + " leaks=" + leaks.size());
            assertThat(leaks).as("-Dtest.seed=" + seed).isEmpty();
            assertThat(race.disclosed()).as("answers that held the record").isGreaterThan(ROUNDS / 2);
            other.kill();
            revokesWithin(LONGEST_LIFE, one.fhir());
            revokesWithin(Duration.ofSeconds(10), one.fhir());
        }
    }

    /** A node that has died is waited for while it counts as alive, and then no more. */
    private static void revokesWithin(Duration patience, FhirClient program) {
        Invented invented = new Invented();
        String clinic = program.store(invented.organization("Program"));
        String recipient = program.store(invented.organization("Hospital"));
        String patient = program.store(invented.patient("Quillfeather"));
        Consent consent = Consents.permit(patient, clinic, recipient, "TREAT");
        program.post("Consent").body(consent).patience(patience).send().expect(201);
    }
}
