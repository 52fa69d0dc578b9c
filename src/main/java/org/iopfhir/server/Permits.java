// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
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
        for (String custodian : custodians(reading, programs)) {
            for (Clause clause : reading.clauses()) {
                boolean denies = clause.effect() == Clause.Effect.DENY;
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

    private static Iterable<String> custodians(ConsentReading reading, List<String> programs) {
        if (programs.isEmpty()) {
            return List.of(Permit.ANY);
        }
        TreeSet<String> named = new TreeSet<>();
        for (String organization : reading.organizations()) {
            String id = organization.startsWith(ORGANIZATION)
                    ? organization.substring(ORGANIZATION.length())
                    : organization;
            if (programs.contains(id)) {
                named.add(id);
            }
        }
        return named;
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
