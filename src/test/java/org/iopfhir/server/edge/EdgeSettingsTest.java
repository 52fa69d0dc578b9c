// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;
import org.springframework.util.unit.DataSize;

class EdgeSettingsTest {

    @Test
    void hasSafeDefaults() {
        EdgeSettings settings = bind(Map.of());

        assertThat(settings.body().maxSize()).isEqualTo(DataSize.ofMegabytes(16));
        assertThat(settings.body().maxUnpacked()).isEqualTo(DataSize.ofMegabytes(32));
        assertThat(settings.body().deadline()).isEqualTo(Duration.ofSeconds(30));
        assertThat(settings.content().maxJsonDepth()).isEqualTo(64);
        assertThat(settings.content().maxEntries()).isEqualTo(5000);
        assertThat(settings.query().maxParameters()).isEqualTo(64);
        assertThat(settings.query().maxValues()).isEqualTo(200);
    }

    @ParameterizedTest
    @CsvSource({
        "iop.edge.body.max-size, 0B",
        "iop.edge.body.max-unpacked, 1MB",
        "iop.edge.body.max-unpacked, 3GB",
        "iop.edge.body.max-ratio, 0",
        "iop.edge.body.max-together, 1MB",
        "iop.edge.body.deadline, 0s",
        "iop.edge.content.max-json-depth, 0",
        "iop.edge.content.max-json-depth, 100000",
        "iop.edge.content.max-xml-depth, 0",
        "iop.edge.content.max-number-length, 3",
        "iop.edge.content.max-exponent, 999999999",
        "iop.edge.content.max-entries, 0",
        "iop.edge.query.max-length, 0",
        "iop.edge.query.max-parameters, 0",
        "iop.edge.query.max-values, 0"
    })
    void refusesToStartWithABadValueAndNamesTheProperty(String property, String value) {
        assertThatThrownBy(() -> bind(Map.of(property, value)))
                .rootCause()
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith(property + " must be ");
    }

    static EdgeSettings bind(Map<String, String> properties) {
        return new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate("iop.edge", EdgeSettings.class);
    }
}
