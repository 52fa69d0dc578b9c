// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much one search may ask for, also inside a Bundle.
 *
 * @param parameters   conditions and includes of one search
 * @param alternatives comma-separated values of one condition
 * @param reach        the farthest match that paging reaches; the database counts through all before it
 */
@ConfigurationProperties("iop.search")
public record SearchSettings(
        @DefaultValue("40") int parameters,
        @DefaultValue("500") int alternatives,
        @DefaultValue("100000") int reach) {

    public SearchSettings {
        requireAtLeastOne("iop.search.parameters", parameters);
        requireAtLeastOne("iop.search.alternatives", alternatives);
        requireAtLeastOne("iop.search.reach", reach);
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
