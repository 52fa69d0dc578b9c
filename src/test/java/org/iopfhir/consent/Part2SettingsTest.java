// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Part2SettingsTest {

    @ParameterizedTest
    @ValueSource(longs = {-1, 1001})
    void theStepsOfAnswersAreNotNegativeAndOneSecondAtMost(long millis) {
        assertThatThrownBy(() -> new Part2Settings(
                        List.of(),
                        List.of(),
                        Map.of(),
                        "TREAT",
                        Duration.ofMinutes(60),
                        Duration.ofMillis(millis),
                        Notice.Statement.SHORT))
                .hasMessageContaining("iop.part2.even-answers must be from 0 to 1s");
    }
}
