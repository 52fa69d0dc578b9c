// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.Map;
import java.util.Set;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the named rules about a program's hours and admissions are applied.
 *
 * @param zone     time zone in which the weeks of a program are counted, such as {@code America/Denver}; a managing
 *                 organization that names its own in the extension {@code timezone} is counted in that
 * @param severity key of a rule to {@code error}, {@code warning}, {@code information} or {@code off}; a rule that is not
 *                 named keeps its own. An error refuses the write
 */
@ConfigurationProperties("iop.rules")
public record RuleSettings(
        @DefaultValue("UTC") String zone, @DefaultValue Map<String, String> severity) {
    private static final Set<String> KNOWN = Set.of("error", "warning", "information", "off");

    public RuleSettings {
        severity = Map.copyOf(severity);
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("iop.rules.zone must be a time zone such as America/Denver", e);
        }
        severity.forEach((rule, wanted) -> {
            if (!KNOWN.contains(wanted)) {
                throw new IllegalArgumentException(
                        "iop.rules.severity." + rule + " must be error, warning, information or off");
            }
        });
    }
}
