// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.catchThrowable;

import java.util.Map;
import org.iopfhir.sandbox.SandboxSettings;
import org.iopfhir.server.HttpSettings;
import org.iopfhir.storage.DatabaseSettings;
import org.iopfhir.storage.PageSettings;
import org.iopfhir.storage.SearchSettings;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.springframework.boot.context.properties.bind.Binder;
import org.springframework.boot.context.properties.source.MapConfigurationPropertySource;

/** A setting out of range stops the start, and is named. Those of the edge have a test of their own. */
class RefusedSettingsTest {

    private static final Map<String, Class<?>> SETTINGS = Map.of(
            "iop.database", DatabaseSettings.class,
            "iop.pages", PageSettings.class,
            "iop.search", SearchSettings.class,
            "iop.http", HttpSettings.class,
            "iop.sandbox", SandboxSettings.class);

    @Test
    void takesTheDefaults() {
        SETTINGS.forEach(
                (prefix, type) -> assertThatCode(() -> bind(prefix, Map.of())).doesNotThrowAnyException());
    }

    @ParameterizedTest
    @CsvSource({
        "iop.database.url, jdbc:oracle:thin:@host",
        "iop.database.url, ''",
        "iop.database.pool-size, 1",
        "iop.database.pool-size, 501",
        "iop.database.pool-size, many",
        "iop.database.connection-timeout, 1ms",
        "iop.database.statement-timeout, 10ms",
        "iop.pages.standard, 0",
        "iop.pages.maximum, 3",
        "iop.search.parameters, 0",
        "iop.search.alternatives, 0",
        "iop.search.reach, -1",
        "iop.http.base-url, example.org/fhir",
        "iop.http.base-url, https://example.org/other",
        "iop.http.base-url, ftp://example.org/fhir",
        "iop.sandbox.stories, perhaps"
    })
    void refusesAndNames(String property, String value) {
        String prefix = property.substring(0, property.lastIndexOf('.'));

        Throwable refused = catchThrowable(() -> bind(prefix, Map.of(property, value)));

        assertThat(refused).isNotNull();
        StringBuilder told = new StringBuilder();
        for (Throwable link = refused; link != null; link = link.getCause()) {
            told.append(link.getMessage()).append('\n');
        }
        assertThat(told.toString()).contains(property);
    }

    private static void bind(String prefix, Map<String, String> properties) {
        Class<?> type = SETTINGS.get(prefix);
        assertThat(type).isNotNull();
        new Binder(new MapConfigurationPropertySource(properties)).bindOrCreate(prefix, type);
    }
}
