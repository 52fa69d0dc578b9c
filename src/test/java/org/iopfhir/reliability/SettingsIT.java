// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The whole server refuses to start upon a bad setting, and tells an operator in few lines. */
class SettingsIT {

    private static final int READABLE_LINES = 25;

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
            --iop.database.pool-size=1 | iop.database.pool-size must be between 2 and 500, not 1
            --iop.sandbox.story=false  | There is no setting iop.sandbox.story
            --iop.rules.errors=asam-2.1-uper | iop.rules.errors must name rules that can be chosen, not asam-2.1-uper
            --iop.database.url=jdbc:postgresql://127.0.0.1:1/none | iop.database.url
            """)
    void namesTheSettingAndLeaves(String setting, String message) {
        try (ServerProcess server = ServerProcess.launch("settings", List.of(setting))) {
            assertThat(server.hasExited(Duration.ofMinutes(3))).isTrue();

            assertThat(server.exitValue()).isNotZero();
            assertThat(server.log()).contains(message);
            assertThat(server.log().lines().count()).as(server.log()).isLessThan(READABLE_LINES);
        }
    }
}
