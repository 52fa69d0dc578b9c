// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How many resources one page of a search or a history holds.
 *
 * @param standard without {@code _count}
 * @param maximum  at most, whatever {@code _count} asks for
 */
@ConfigurationProperties("iop.pages")
public record PageSettings(
        @DefaultValue("50") int standard,
        @DefaultValue("500") int maximum) {

    public PageSettings {
        if (standard < 1 || maximum < standard) {
            throw new IllegalArgumentException(
                    "iop.pages.standard must be at least 1 and iop.pages.maximum at least as much");
        }
    }
}
