// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Answers to whoever sees only what consents permit leave after whole steps of time. */
class EvenAnswersApiTest {

    private final Invented invented = new Invented();

    @ParameterizedTest
    @CsvSource({"0,5", "1,5", "4,5", "5,10", "9,10", "12,15"})
    void anAnswerTakesWholeSteps(long took, long until) {
        assertThat(EvenAnswers.whole(took, 5)).isEqualTo(until);
    }

    /** Only a lower bound: how much longer an answer takes is the machine's matter. */
    @Test
    void noAnswerToAHospitalLeavesBeforeItsTime() {
        try (RunningServer server = RunningServer.start("--iop.part2.even-answers=300ms")) {
            String hospital = server.fhir().store(invented.organization("Hospital"));
            String patient = server.fhir().store(invented.patient("Verborgen"));
            FhirClient partner = server.fhir().as(Callers.partner(hospital, "TREAT"));
            String nobody = "Patient/" + UUID.randomUUID();
            for (FhirClient.Call call : List.of(
                    partner.get(patient),
                    partner.get(nobody),
                    partner.get("Observation?patient=" + patient),
                    partner.get("Observation?nonsense=" + patient))) {
                assertThat(took(call)).isGreaterThan(Duration.ofMillis(300));
            }
        }
    }

    private static Duration took(FhirClient.Call call) {
        long begun = System.nanoTime();
        call.send();
        return Duration.ofNanos(System.nanoTime() - begun);
    }
}
