// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.iopfhir.consent.PlainConsent.About;
import org.iopfhir.consent.PlainConsent.Days;
import org.iopfhir.consent.PlainConsent.Paper;
import org.iopfhir.consent.PlainConsent.Rule;

/** The rules of consent once more, to be read by a lawyer, and to hold the production code against. */
final class PlainRules {
    private static final Set<String> TPO = Set.of("TREAT", "HPAYMT", "HOPERAT", "CAREMGT", "COC");
    private static final Set<String> NOTE = Set.of("PSYTHPN", "HIPAAPsyNotes");
    private static final Set<String> NO_SUBJECT = Set.of("N", "R", "V", "42CFRPart2", "NORDSCLCD", "PERSISTLABEL");
    private static final Set<String> KNOWN_SUBJECTS = Set.of("SUD", "ETH", "OPIOIDUD", "BH", "PSY", "HIV");
    private static final Set<String> PERMITTED_WITH =
            Set.of("SUD>OPIOIDUD", "ETH>OPIOIDUD", "BH>PSY", "BH>SUD", "BH>OPIOIDUD");
    private static final Set<String> DENIED_WITH = Set.of(
            "SUD>ETH",
            "ETH>SUD",
            "BH>ETH",
            "BH>PSYTHPN",
            "BH>HIPAAPsyNotes",
            "PSYTHPN>HIPAAPsyNotes",
            "HIPAAPsyNotes>PSYTHPN",
            "N>R",
            "N>V",
            "R>V");
    private static final Set<String> PART_OF = Set.of("COC>TREAT", "BTG>TREAT", "CAREMGT>HOPERAT", "COVERAGE>HPAYMT");

    private PlainRules() {}

    /** A record may be disclosed when some consent permits it and none forbids it. */
    static boolean mayDisclose(List<PlainConsent> consents, PlainRequest request) {
        return consents.stream().anyMatch(consent -> permits(consent, request))
                && consents.stream().noneMatch(consent -> forbids(consent, request));
    }

    /** A consent is of the programs that it names; one that names none restricts all of them, and permits none. */
    static boolean isOf(PlainConsent consent, String named, String keeper) {
        return consent.paper().lacks().contains("program") || named.equals(keeper);
    }

    /** A valid consent permits by its own words or by a further permission in it, save what it excepts. */
    private static boolean permits(PlainConsent consent, PlainRequest request) {
        Rule rule = consent.rule();
        return rule.permits()
                && isValid(consent)
                && rule.time().include(day(request.at()))
                && isOfTime(rule.data(), request)
                && !consent.paper().signed().isAfter(day(request.at()))
                && Stream.concat(Stream.of(rule), further(consent))
                        .anyMatch(each -> grants(each, consent.paper(), request))
                && consent.inner().stream()
                        .noneMatch(inner -> !inner.permits() && isException(inner) && denies(inner.about(), request));
    }

    /** 2.31: in force, complete, and combined with nothing that needs a consent of its own. */
    private static boolean isValid(PlainConsent consent) {
        Paper paper = consent.paper();
        List<Rule> all =
                Stream.concat(Stream.of(consent.rule()), further(consent)).toList();
        List<String> purposes = all.stream()
                .flatMap(rule -> rule.purposes().stream())
                .distinct()
                .toList();
        List<String> subjects = all.stream()
                .flatMap(rule -> rule.about().labels().stream())
                .filter(label -> !NO_SUBJECT.contains(label))
                .toList();
        boolean tpo = purposes.stream().anyMatch(TPO::contains);
        boolean toClass = consent.rule().recipients().contains("tpo");
        boolean notes = paper.says().contains("counselingNotes");
        boolean endless = !consent.rule().time().hasLast();
        return paper.lacks().stream().allMatch(element -> switch (element) {
                    case "redisclosure", "refusal" -> !tpo;
                    case "hipaa" -> !toClass;
                    default -> false;
                })
                && (!endless || !paper.event().isEmpty())
                && (!endless || !paper.event().equals("None") || TPO.containsAll(purposes))
                && subjects.stream().allMatch(label -> NOTE.contains(label) == notes)
                && purposes.contains("HLEGAL") == paper.says().contains("legalProceedings")
                && (!purposes.contains("HLEGAL") || purposes.size() == 1)
                && all.stream().noneMatch(Rule::byCode);
    }

    private static Stream<Rule> further(PlainConsent consent) {
        return consent.inner().stream().filter(Rule::permits).map(inner -> inside(inner, consent.rule()));
    }

    /** What a further permission does not say, it takes from the one it stands in. */
    private static Rule inside(Rule inner, Rule rule) {
        About about = new About(
                or(inner.about().types(), rule.about().types()),
                or(inner.about().labels(), rule.about().labels()));
        return new Rule(
                true,
                or(inner.recipients(), rule.recipients()),
                or(inner.purposes(), rule.purposes()),
                inner.time(),
                inner.data(),
                about,
                inner.byCode());
    }

    private static boolean grants(Rule rule, Paper paper, PlainRequest request) {
        return rule.time().include(day(request.at()))
                && isOfTime(rule.data(), request)
                && rule.recipients().stream()
                        .filter(request.known()::contains)
                        .anyMatch(recipient -> rule.purposes().stream()
                                .filter(purpose -> serves(purpose, request))
                                .filter(purpose -> !recipient.equals("tpo") || TPO.contains(purpose))
                                .anyMatch(purpose -> !purpose.equals("HMARKT")
                                        || !paper.says().contains("fundraisingOptOut")))
                && covers(rule.about(), paper.says().contains("counselingNotes"), request);
    }

    /** Each label of the record has to be allowed, and a note only by a consent for notes. */
    private static boolean covers(About about, boolean notes, PlainRequest request) {
        List<String> named = about.labels().stream()
                .filter(label -> !NO_SUBJECT.contains(label))
                .toList();
        return (about.types().isEmpty() || about.types().contains(request.type()))
                && !request.labels().isEmpty()
                && request.labels().stream().anyMatch(NOTE::contains) == notes
                && request.labels().stream()
                        .filter(label -> !NOTE.contains(label))
                        .allMatch(label -> {
                            boolean isNamed = about.labels().contains(label)
                                    || named.stream().anyMatch(name -> PERMITTED_WITH.contains(name + ">" + label));
                            if (label.equals("V")) {
                                return isNamed;
                            }
                            if (NO_SUBJECT.contains(label) || isNamed) {
                                return true;
                            }
                            return KNOWN_SUBJECTS.contains(label) && (notes ? !label.equals("HIV") : named.isEmpty());
                        });
    }

    /** A restriction, alone or within a permission, holds as long as its consent is active, valid or not (2.26). */
    private static boolean forbids(PlainConsent consent, PlainRequest request) {
        Rule rule = consent.rule();
        if (consent.paper().lacks().contains("status")
                || consent.paper().lacks().contains("category")) {
            return false;
        }
        return restrictionsIn(consent).anyMatch(inner -> restricts(inner, request))
                || (!rule.permits() && restricts(rule, request) && !isSpared(consent, request));
    }

    /** Within a permission it is for anyone and anything, unless it says who or what for, or is about a time alone. */
    private static Stream<Rule> restrictionsIn(PlainConsent consent) {
        Rule rule = consent.rule();
        return consent.inner().stream().filter(inner -> !inner.permits()).flatMap(inner -> {
            boolean names = !inner.recipients().isEmpty() || !inner.purposes().isEmpty();
            if (rule.permits() && (names || isException(inner))) {
                return names ? Stream.of(inner) : Stream.empty();
            }
            boolean forNobody = rule.permits()
                    && (rule.recipients().isEmpty() || rule.purposes().isEmpty());
            return forNobody
                    ? Stream.empty()
                    : Stream.of(new Rule(
                            false,
                            or(inner.recipients(), rule.recipients()),
                            or(inner.purposes(), rule.purposes()),
                            inner.time(),
                            inner.data(),
                            inner.about(),
                            inner.byCode()));
        });
    }

    private static boolean isSpared(PlainConsent restriction, PlainRequest request) {
        return restriction.inner().stream()
                .filter(inner -> inner.permits() && isException(inner) && !inner.byCode())
                .anyMatch(inner -> !inner.about().isNothing() && covers(inner.about(), false, request));
    }

    private static boolean restricts(Rule rule, PlainRequest request) {
        return (rule.recipients().isEmpty() || rule.recipients().stream().anyMatch(name -> isMeant(name, request)))
                && (rule.purposes().isEmpty() || rule.purposes().stream().anyMatch(purpose -> serves(purpose, request)))
                && rule.time().include(day(request.at()))
                && (request.happened() == null || isOfTime(rule.data(), request))
                && denies(rule.about(), request);
    }

    private static boolean isMeant(String name, PlainRequest request) {
        return request.known().contains(name) || request.meant().contains(name);
    }

    /** What is not dated is of no time that is limited. */
    private static boolean isOfTime(Days data, PlainRequest request) {
        Instant happened = request.happened();
        return happened == null ? data.equals(Days.ALL) : data.include(day(happened));
    }

    private static boolean denies(About about, PlainRequest request) {
        return (about.types().isEmpty() || about.types().contains(request.type()))
                && (about.labels().isEmpty()
                        || request.labels().stream()
                                .anyMatch(label -> about.labels().stream()
                                        .anyMatch(name -> name.equals(label)
                                                || PERMITTED_WITH.contains(name + ">" + label)
                                                || DENIED_WITH.contains(name + ">" + label))));
    }

    private static boolean isException(Rule inner) {
        return inner.recipients().isEmpty()
                && inner.purposes().isEmpty()
                && inner.time().equals(Days.ALL)
                && inner.data().equals(Days.ALL);
    }

    private static boolean serves(String purpose, PlainRequest request) {
        return purpose.equals(request.purpose()) || PART_OF.contains(request.purpose() + ">" + purpose);
    }

    private static List<String> or(List<String> own, List<String> others) {
        return own.isEmpty() ? others : own;
    }

    private static LocalDate day(Instant instant) {
        return LocalDate.ofInstant(instant, ZoneOffset.UTC);
    }
}
