// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.iopfhir.consent.Clause;
import org.iopfhir.consent.ConsentReading;
import org.iopfhir.storage.disclosure.Permit;
import org.iopfhir.storage.disclosure.Permit.Span;

/** Writes what a consent says as storage keeps it. */
final class Permits {

    private static final String ORGANIZATION = "Organization/";

    private Permits() {}

    /** @param programs ids of the programs of this server; empty: one, whose id is not known */
    static List<Permit> of(ConsentReading reading, List<String> programs) {
        List<Permit> permits = new ArrayList<>();
        for (Clause clause : reading.clauses()) {
            boolean denies = clause.effect() == Clause.Effect.DENY;
            for (String custodian : custodians(reading, programs, denies)) {
                permits.add(new Permit(
                        custodian,
                        clause.recipient(),
                        clause.purpose(),
                        denies,
                        clause.terms().text(),
                        new Span(millis(clause.from()), millis(clause.until())),
                        dated(clause, denies)));
            }
        }
        return permits;
    }

    /** A restriction that does not say by a reference which program it binds, such as by an identifier, binds all. */
    private static Set<String> custodians(ConsentReading reading, List<String> programs, boolean denies) {
        boolean saysWhose = reading.organizations().stream().anyMatch(named -> named.startsWith(ORGANIZATION));
        if (programs.isEmpty() || (denies && !saysWhose)) {
            return Set.of(Permit.ANY);
        }
        return reading.organizations().stream()
                .filter(named -> named.startsWith(ORGANIZATION))
                .map(named -> named.substring(ORGANIZATION.length()))
                .filter(programs::contains)
                .collect(Collectors.toCollection(TreeSet::new));
    }

    /** What is not dated is meant by no permission that is limited to a time, and by every restriction. */
    private static Span dated(Clause clause, boolean denies) {
        boolean isLimited = !clause.dataFrom().equals(Clause.BEGINNING)
                || !clause.dataUntil().equals(Clause.FOREVER);
        long from = millis(clause.dataFrom());
        boolean reachesUndated = denies || !isLimited;
        return new Span(
                reachesUndated && clause.dataFrom().equals(Clause.BEGINNING) ? Long.MIN_VALUE : from,
                millis(clause.dataUntil()));
    }

    private static long millis(Instant time) {
        return time.toEpochMilli();
    }
}
