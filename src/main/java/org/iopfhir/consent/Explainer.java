// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.iopfhir.consent.Clause.Effect;

/**
 * Says in words what a consent does to the wish of somebody outside of the program to see a record. It explains and does
 * not decide: whether the record is shown is asked of the place that shows it.
 */
public final class Explainer {

    private static final DateTimeFormatter DAY =
            DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);

    /**
     * Who wants to see.
     *
     * @param names        by which a consent may call him, such as {@code Organization/1}
     * @param designations general names that hold for him if he treats the patient or pays
     * @param isTied       whether a record of the program says that he does
     */
    public record Recipient(Set<String> names, Set<String> designations, boolean isTied) {
        public Recipient {
            names = Set.copyOf(names);
            designations = Set.copyOf(designations);
        }
    }

    /**
     * What he wants to see.
     *
     * @param content   of the record
     * @param happened  when that was of which it tells; empty when it does not say
     * @param custodian id of the program that keeps it; empty where there is only one
     */
    public record Subject(ContentClass content, Optional<Instant> happened, String custodian) {}

    /**
     * A wish.
     *
     * @param purposes of which a consent must be for one
     * @param at       when
     */
    public record Asked(Recipient recipient, Set<String> purposes, Instant at, Subject subject) {
        public Asked {
            purposes = Set.copyOf(purposes);
        }
    }

    /** What a consent does to a wish. */
    public enum Outcome {
        /** It opens the record, unless another restricts it. */
        PERMITS,
        /** It closes the record, whatever opens it. */
        RESTRICTS,
        /** Nothing. */
        NOTHING
    }

    /**
     * A consent that was considered.
     *
     * @param consent id of the resource
     * @param reasons in words, each a sentence without its full stop
     */
    public record Considered(String consent, Outcome outcome, List<String> reasons) {
        public Considered {
            reasons = List.copyOf(reasons);
        }
    }

    /** Say what a consent of the patient does. */
    public Considered consider(ConsentReading reading, Asked asked) {
        List<String> reasons = new ArrayList<>(reading.flaws());
        if (!isOf(asked.subject().custodian(), reading)) {
            reasons.add("It names " + String.join(", ", reading.organizations())
                    + " as who may disclose, which is not the program that keeps the record");
            return new Considered(reading.id(), Outcome.NOTHING, reasons);
        }
        List<Clause> denying = of(reading, Effect.DENY);
        if (!denying.isEmpty() && new Fit(asked, denying).whyNot().isEmpty()) {
            reasons.add(
                    "It restricts what may be disclosed to this recipient for this purpose (2.26), which is stronger"
                            + " than any consent");
            return new Considered(reading.id(), Outcome.RESTRICTS, reasons);
        }
        if (!reading.flaws().isEmpty()) {
            return new Considered(reading.id(), Outcome.NOTHING, reasons);
        }
        List<Clause> permitting = of(reading, Effect.PERMIT);
        if (permitting.isEmpty() && !denying.isEmpty()) {
            reasons.add("It only restricts, and this is not restricted by it");
            reasons.addAll(new Fit(asked, denying).whyNot());
        } else if (!permitting.isEmpty()) {
            List<String> whyNot = new Fit(asked, permitting).whyNot();
            if (whyNot.isEmpty()) {
                return new Considered(reading.id(), Outcome.PERMITS, List.of("It permits this"));
            }
            reasons.addAll(whyNot);
        } else {
            reasons.add("What it says opens nothing that can be told from outside of a record");
        }
        return new Considered(reading.id(), Outcome.NOTHING, reasons);
    }

    private static boolean isOf(String custodian, ConsentReading reading) {
        return custodian.isEmpty()
                || reading.organizations().contains(custodian)
                || reading.organizations().contains("Organization/" + custodian);
    }

    private static List<Clause> of(ConsentReading reading, Effect effect) {
        return reading.clauses().stream()
                .filter(clause -> clause.effect() == effect)
                .toList();
    }

    /** Asks one thing after the other of the clauses that have met all before; what none meets is a reason. */
    private static final class Fit {

        private final Asked asked;
        private final List<String> reasons = new ArrayList<>();
        private List<Clause> left;

        Fit(Asked asked, List<Clause> clauses) {
            this.asked = asked;
            this.left = clauses;
        }

        List<String> whyNot() {
            Instant at = asked.at();
            need(this::isForRecipient, this::whyNotRecipient);
            need(this::isForPurpose, this::whyNotPurpose);
            need(clause -> !clause.from().isAfter(at), () -> "It is not in force before " + first(left));
            need(clause -> clause.until().isAfter(at), () -> "It expired on " + last(left));
            need(this::isOfTime, () -> "The record is not of the time that it is about");
            List<Clause> fitting = left.stream()
                    .filter(clause -> clause.terms().covers(asked.subject().content()))
                    .toList();
            if (fitting.isEmpty()) {
                left.stream()
                        .flatMap(clause -> clause.terms().whyNot(asked.subject().content()).stream())
                        .distinct()
                        .forEach(reasons::add);
            }
            return reasons;
        }

        private void need(Predicate<Clause> wanted, Supplier<String> otherwise) {
            List<Clause> fitting = left.stream().filter(wanted).toList();
            if (fitting.isEmpty()) {
                reasons.add(otherwise.get());
            } else {
                left = fitting;
            }
        }

        private boolean isForRecipient(Clause clause) {
            Recipient recipient = asked.recipient();
            String named = clause.recipient();
            boolean isDesignated = recipient.designations().contains(named);
            return recipient.names().contains(named)
                    || (clause.effect() == Effect.DENY && (isDesignated || named.equals(Clause.ANYONE)))
                    || (isDesignated && recipient.isTied());
        }

        private String whyNotRecipient() {
            Set<String> named = left.stream().map(Clause::recipient).collect(Collectors.toCollection(TreeSet::new));
            boolean isGeneral = named.stream().anyMatch(asked.recipient().designations()::contains);
            return isGeneral
                    ? "It means those who treat the patient or pay for him, and no CareTeam, Coverage or general"
                            + " practitioner of the patient says that this recipient does"
                    : "It names " + named.stream().map(Fit::words).collect(Collectors.joining(", "))
                            + " as recipient, and not this one";
        }

        private static String words(String recipient) {
            if (recipient.equals(Clause.TPO)) {
                return "treating providers and payers";
            }
            return recipient.startsWith(Clause.VIA)
                    ? "treating providers who take part in " + recipient.substring(Clause.VIA.length())
                    : recipient;
        }

        private boolean isForPurpose(Clause clause) {
            return asked.purposes().contains(clause.purpose())
                    || (clause.effect() == Effect.DENY && clause.purpose().equals(Clause.ANYONE));
        }

        private String whyNotPurpose() {
            Set<String> given = left.stream().map(Clause::purpose).collect(Collectors.toCollection(TreeSet::new));
            return "It is for " + String.join(", ", given) + ", not for "
                    + String.join(" or ", new TreeSet<>(asked.purposes()));
        }

        /** What is not dated is meant by no permission that is limited to a time, and by every restriction. */
        private boolean isOfTime(Clause clause) {
            boolean isLimited = !clause.dataFrom().equals(Clause.BEGINNING)
                    || !clause.dataUntil().equals(Clause.FOREVER);
            Optional<Instant> happened = asked.subject().happened();
            return happened.map(when -> !clause.dataFrom().isAfter(when)
                            && clause.dataUntil().isAfter(when))
                    .orElse(clause.effect() == Effect.DENY || !isLimited);
        }

        private static String first(List<Clause> clauses) {
            return clauses.stream()
                    .map(Clause::from)
                    .min(Instant::compareTo)
                    .map(DAY::format)
                    .orElse("");
        }

        private static String last(List<Clause> clauses) {
            return clauses.stream()
                    .map(Clause::until)
                    .max(Instant::compareTo)
                    .map(DAY::format)
                    .orElse("");
        }
    }
}
