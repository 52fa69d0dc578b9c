// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much one search may ask for, also inside a Bundle.
 *
 * @param parameters   conditions and includes of one search
 * @param alternatives comma-separated values of one condition
 * @param included     resources that one page may include
 * @param reach        the farthest match that paging reaches; the database counts through all before it
 */
@ConfigurationProperties("iop.search")
public record SearchSettings(
        @DefaultValue("40") int parameters,
        @DefaultValue("500") int alternatives,
        @DefaultValue("1000") int included,
        @DefaultValue("100000") int reach) {

    public SearchSettings {
        requireAtLeastOne("iop.search.parameters", parameters);
        requireAtLeastOne("iop.search.alternatives", alternatives);
        requireAtLeastOne("iop.search.included", included);
        requireAtLeastOne("iop.search.reach", reach);
    }

    /** Resources that one page may include when those are counted that are then hidden: few may not tell of any. */
    public int includedOrHidden() {
        return 2 * included;
    }

    private static void requireAtLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + " must be at least 1, not " + value);
        }
    }
}
