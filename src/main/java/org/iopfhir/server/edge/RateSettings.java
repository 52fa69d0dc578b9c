// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.edge;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How much one client may ask of this server.
 *
 * @param perSecond  requests in the long run; 0: as many as it likes
 * @param burst      requests at once after a silence
 * @param concurrent requests that run at one time; 0: as many as it likes
 */
@ConfigurationProperties("iop.http.rate")
public record RateSettings(
        @DefaultValue("100") int perSecond,
        @DefaultValue("400") int burst,
        @DefaultValue("32") int concurrent) {

    private static final int MOST = 1_000_000;

    public RateSettings {
        check("iop.http.rate.per-second", 0, perSecond);
        check("iop.http.rate.burst", 1, burst);
        check("iop.http.rate.concurrent", 0, concurrent);
    }

    private static void check(String property, int least, int value) {
        if (value < least || value > MOST) {
            throw new IllegalArgumentException(property + " must be between " + least + " and " + MOST);
        }
    }
}
