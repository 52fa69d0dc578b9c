// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import org.iopfhir.consent.PlainConsent.About;
import org.iopfhir.consent.PlainConsent.Days;
import org.iopfhir.consent.PlainConsent.Paper;
import org.iopfhir.consent.PlainConsent.Rule;

/**
 * Consents and requests by chance, out of few names and days, so that they often meet. The same seed makes the same
 * scenarios.
 */
public final class Scenarios {
    private static final String EXCHANGE = "Organization/exchange";
    private static final List<String> RECIPIENTS = List.of(
            "Organization/hospital", "Organization/plan", EXCHANGE, "Practitioner/larkspur", "RelatedPerson/sister");
    private static final List<String> PURPOSES = List.of(
            "TREAT", "TREAT", "TREAT", "HPAYMT", "HPAYMT", "HOPERAT", "COC", "CAREMGT", "HRESCH", "HMARKT", "PATRQT");
    private static final List<String> REQUESTS = List.of(
            "TREAT",
            "TREAT",
            "TREAT",
            "HPAYMT",
            "COVERAGE",
            "HOPERAT",
            "COC",
            "CAREMGT",
            "BTG",
            "HRESCH",
            "HMARKT",
            "HLEGAL",
            "PATRQT");
    private static final List<String> TYPES = List.of("Observation", "CarePlan", "DocumentReference");
    private static final List<String> SUBJECTS = List.of("SUD", "SUD", "SUD", "ETH", "OPIOIDUD", "BH", "PSY", "HIV");
    private static final List<String> ODD =
            List.of("ORCON", "https://labels.example.org|odd one", "PSYTHPN", "HIPAAPsyNotes");
    private static final List<String> PLAIN = List.of("N", "R", "V", "42CFRPart2", "NORDSCLCD");
    private static final List<String> ELEMENTS = List.of(
            "status",
            "category",
            "program",
            "information",
            "revoke",
            "signer",
            "form",
            "date",
            "redisclosure",
            "refusal",
            "hipaa");
    private static final LocalDate BEGIN = LocalDate.of(2026, 2, 27);
    private static final int DAYS = 6;

    private final Random random;
    private final LocalDate begin;

    /** Begin with a seed. */
    public Scenarios(long seed) {
        this(seed, BEGIN);
    }

    /** Begin with a seed, around days of one's own. */
    public Scenarios(long seed, LocalDate begin) {
        this.random = new Random(seed);
        this.begin = begin;
    }

    /** Return one to three consents and a request. */
    public Scenario next() {
        List<PlainConsent> consents = new ArrayList<>();
        for (int count = 1 + random.nextInt(3); count > 0; count--) {
            consents.add(consent());
        }
        return new Scenario(consents, request());
    }

    private PlainConsent consent() {
        boolean restriction = chance(15);
        boolean court = !restriction && chance(8);
        boolean notes = !restriction && chance(15);
        Set<String> says = new TreeSet<>();
        if (court != chance(3)) {
            says.add("legalProceedings");
        }
        if (notes != chance(2)) {
            says.add("counselingNotes");
        }
        if (chance(50)) {
            says.add("fundraisingOptOut");
        }
        Rule rule = restriction ? restriction() : permission(court, notes);
        List<Rule> inner = new ArrayList<>();
        while (chance(30)) {
            inner.add(inner());
        }
        Set<String> lacks = chance(12) ? Set.of(one(ELEMENTS)) : Set.of();
        String event = one(List.of("", "None", "End of the treatment"));
        LocalDate signed = chance(70) ? begin.minusDays(9) : day();
        return new PlainConsent(new Paper(lacks, says, event, signed), rule, inner);
    }

    private Rule permission(boolean court, boolean notes) {
        List<String> recipients = new ArrayList<>(some(RECIPIENTS, 45));
        if (chance(20)) {
            recipients.add("tpo");
        } else if (chance(20)) {
            recipients.remove(EXCHANGE);
            recipients.addAll(List.of(EXCHANGE, "via:" + EXCHANGE));
        }
        List<String> purposes = court ? List.of("HLEGAL") : some(PURPOSES, 40);
        List<String> labels = notes ? List.of("PSYTHPN") : labels(30);
        return new Rule(true, recipients, purposes, days(40), days(25), new About(types(), labels), chance(2));
    }

    private Rule restriction() {
        return new Rule(
                false,
                some(RECIPIENTS, 30),
                some(PURPOSES, 20),
                days(20),
                days(20),
                new About(types(), chance(40) ? labels(30) : List.of()),
                chance(10));
    }

    private Rule inner() {
        boolean permits = chance(35);
        boolean content = chance(50);
        return new Rule(
                permits,
                content ? List.of() : some(RECIPIENTS, 25),
                content ? List.of() : some(PURPOSES, 20),
                content ? Days.ALL : days(15),
                content ? Days.ALL : days(25),
                new About(types(), chance(60) ? labels(25) : List.of()),
                chance(2));
    }

    /** Return a request alone. */
    public PlainRequest request() {
        Set<String> known = new TreeSet<>(some(RECIPIENTS, 50));
        if (chance(30)) {
            known.add("tpo");
        }
        if (chance(20)) {
            known.add("via:" + EXCHANGE);
        }
        Set<String> labels = new TreeSet<>();
        if (!chance(3)) {
            labels.add(chance(85) ? "R" : one(PLAIN));
            labels.addAll(chance(80) ? List.of("42CFRPart2", "SUD") : some(SUBJECTS, 20));
            labels.addAll(chance(20) ? some(SUBJECTS, 25) : List.of());
            labels.addAll(chance(10) ? List.of("PSYTHPN", "HIPAAPsyNotes") : List.of());
            labels.addAll(chance(5) ? List.of(one(ODD)) : List.of());
        }
        return new PlainRequest(known, Set.of(), one(REQUESTS), moment(), one(TYPES), labels, moment());
    }

    private List<String> labels(int percent) {
        List<String> labels = new ArrayList<>(some(SUBJECTS, percent));
        labels.addAll(chance(15) ? List.of(one(PLAIN)) : List.of());
        labels.addAll(chance(5) ? List.of(one(ODD)) : List.of());
        return labels.stream().distinct().toList();
    }

    private List<String> types() {
        return chance(70) ? List.of() : some(TYPES, 60);
    }

    private Days days(int percent) {
        LocalDate first = chance(percent) ? day() : Days.ALL.first();
        return new Days(first, chance(percent) ? day() : Days.ALL.last());
    }

    private LocalDate day() {
        return begin.plusDays(random.nextInt(DAYS));
    }

    /** Half of them on the edge of a day. */
    private Instant moment() {
        Instant midnight = day().atStartOfDay(ZoneOffset.UTC).toInstant();
        return switch (random.nextInt(4)) {
            case 0 -> midnight;
            case 1 -> midnight.minusMillis(1);
            default -> midnight.plusSeconds(random.nextInt(86_400));
        };
    }

    private List<String> some(List<String> all, int percent) {
        return all.stream().filter(each -> chance(percent)).distinct().toList();
    }

    private String one(List<String> all) {
        return all.get(random.nextInt(all.size()));
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }
}
