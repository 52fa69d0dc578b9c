// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class RuleSettingsTest {

    /** Or else the hours would not be counted for a write whose sender does not ask what is noted. */
    @Test
    void knowsThatARuleAboutHoursMayRefuse() {
        assertThat(errors("asam-2.1-upper").refusesByHours()).isTrue();
        assertThat(errors("attendance").refusesByHours()).isTrue();
        assertThat(errors("eligibility").refusesByHours()).isFalse();
        assertThat(errors().refusesByHours()).isFalse();
    }

    private static RuleSettings errors(String... rules) {
        return new RuleSettings("UTC", List.of(rules), List.of(), List.of(), List.of());
    }
}
