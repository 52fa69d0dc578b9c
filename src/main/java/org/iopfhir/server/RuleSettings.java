// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.DateTimeException;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.iopfhir.attendance.HourRule;
import org.iopfhir.outcome.Problem;
import org.iopfhir.program.EpisodeRules;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * How the rules about a program's hours and admissions are applied. A rule that no list names keeps its own severity.
 *
 * @param zone        time zone in which the weeks of a program are counted, such as {@code America/Denver}; a managing
 *                    organization that names its own in the extension {@code timezone} is counted in that
 * @param errors      keys of the rules that refuse a write
 * @param warnings    keys of the rules that warn
 * @param information keys of the rules that only inform
 * @param off         keys of the rules that say nothing
 */
@ConfigurationProperties("iop.rules")
public record RuleSettings(
        @DefaultValue("UTC") String zone,
        @DefaultValue List<String> errors,
        @DefaultValue List<String> warnings,
        @DefaultValue List<String> information,
        @DefaultValue List<String> off) {

    public RuleSettings {
        errors = List.copyOf(errors);
        warnings = List.copyOf(warnings);
        information = List.copyOf(information);
        off = List.copyOf(off);
        try {
            ZoneId.of(zone);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException("iop.rules.zone must be a time zone such as America/Denver", e);
        }
        Map<String, String> places = new HashMap<>();
        place("iop.rules.errors", errors, places);
        place("iop.rules.warnings", warnings, places);
        place("iop.rules.information", information, places);
        place("iop.rules.off", off, places);
    }

    /** Return a problem with the severity that the operator chose for its rule; empty where the rule is off. */
    Stream<Problem> asChosen(Problem problem) {
        String rule = problem.key();
        if (off.contains(rule)) {
            return Stream.empty();
        }
        if (errors.contains(rule)) {
            return Stream.of(withSeverity(problem, IssueSeverity.ERROR));
        }
        if (warnings.contains(rule)) {
            return Stream.of(withSeverity(problem, IssueSeverity.WARNING));
        }
        return Stream.of(information.contains(rule) ? withSeverity(problem, IssueSeverity.INFORMATION) : problem);
    }

    /** Whether a rule about hours may refuse a write. */
    boolean refusesByHours() {
        return Stream.of(HourRule.values()).map(HourRule::key).anyMatch(errors::contains);
    }

    private static Problem withSeverity(Problem problem, IssueSeverity severity) {
        return new Problem(severity, problem.kind(), problem.key(), problem.where(), problem.text());
    }

    /** @param places the property that names a rule, by the key of the rule */
    private static void place(String property, List<String> rules, Map<String, String> places) {
        for (String rule : rules) {
            if (!choosable().contains(rule)) {
                throw new IllegalArgumentException(property + " must name rules that can be chosen, not " + rule
                        + ". These are " + String.join(", ", choosable()) + ".");
            }
            String other = places.putIfAbsent(rule, property);
            if (other != null && !other.equals(property)) {
                throw new IllegalArgumentException(property + " must not name " + rule + ", which " + other + " names");
            }
        }
    }

    /** The other rules say what a record means here, and hold for everybody. */
    private static Set<String> choosable() {
        Set<String> keys = new TreeSet<>(Set.of(EpisodeRules.ELIGIBILITY));
        Stream.of(HourRule.values()).map(HourRule::key).forEach(keys::add);
        return keys;
    }
}
