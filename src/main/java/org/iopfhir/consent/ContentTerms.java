// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeSet;

/**
 * What content a clause of a consent is about (2.31(a)(3)): records of some types with some labels, but for exceptions.
 *
 * <p>A permission covers a record when everything that the record's labels tell of it is named, or nothing is named at
 * all; never a counseling note unless it is named (2.31(b)), nothing that is very restricted unless that is named, and
 * nothing unlabelled. A restriction covers a record when anything that the labels tell of it is named, or nothing is
 * named at all. So doubt hides in both.
 *
 * @param denies     whether it is the content of a restriction
 * @param selection  what it is about
 * @param exceptions what it is not about
 */
public record ContentTerms(boolean denies, Selection selection, List<Selection> exceptions) {

    private static final String PERMIT = "permit";
    private static final String DENY = "deny";
    private static final String BUT_NOT = " but-not ";

    public ContentTerms {
        exceptions = exceptions.stream()
                .distinct()
                .sorted((one, other) -> one.text().compareTo(other.text()))
                .toList();
    }

    /**
     * Some records.
     *
     * @param types  of resources; empty: all
     * @param labels as {@link ContentClass} names them; empty: whatever they are about
     */
    public record Selection(List<String> types, List<String> labels) {

        /** All records. */
        public static final Selection ALL = new Selection(List.of(), List.of());

        public Selection {
            types = List.copyOf(new TreeSet<>(types));
            labels = List.copyOf(new TreeSet<>(labels));
        }

        boolean fits(String type) {
            return types.isEmpty() || types.contains(type);
        }

        /** Whether it names anything that the labels of {@code content} tell of it, or nothing at all. */
        boolean touches(ContentClass content) {
            return fits(content.type())
                    && (labels.isEmpty()
                            || content.labels().stream().anyMatch(label -> Sensitivity.isDenied(labels, label)));
        }

        private String text() {
            return words(types) + ";" + words(labels);
        }

        /** For people. */
        String words() {
            String what = types.isEmpty() ? "records" : String.join(", ", types);
            return labels.isEmpty() ? what : what + " labelled " + String.join(" or ", labels);
        }

        private static String words(Collection<String> words) {
            return String.join(",", words);
        }

        private static Selection parse(String text) {
            int end = text.indexOf(';');
            return new Selection(split(text.substring(0, end)), split(text.substring(end + 1)));
        }

        private static List<String> split(String words) {
            return words.isEmpty() ? List.of() : List.of(words.split(",", -1));
        }
    }

    /** Whether it is about such a record. */
    public boolean covers(ContentClass content) {
        return whyNot(content).isEmpty();
    }

    /** Why it is not about such a record, in words; empty when it is. */
    List<String> whyNot(ContentClass content) {
        List<String> reasons = new ArrayList<>();
        if (denies) {
            if (!selection.touches(content)) {
                reasons.add("It is about " + selection.words() + " only");
            }
            exceptions.stream()
                    .filter(exception -> isWithin(exception, content))
                    .forEach(exception -> reasons.add("It leaves " + exception.words() + " open"));
            return reasons;
        }
        if (!selection.fits(content.type())) {
            reasons.add("It is about " + String.join(", ", selection.types()) + ", not " + content.type());
        }
        reasons.addAll(whyNotLabels(content));
        exceptions.stream()
                .filter(exception -> exception.touches(content))
                .forEach(exception -> reasons.add("It leaves out " + exception.words()));
        return reasons;
    }

    private List<String> whyNotLabels(ContentClass content) {
        boolean isNote = content.labels().stream().anyMatch(Sensitivity.NOTES::contains);
        if (content.labels().isEmpty()) {
            return List.of("The record has no labels, and what it is about is not known");
        }
        if (isOfNotes() != isNote) {
            return List.of(
                    isNote
                            ? "The record is a counseling note, which needs a consent of its own (2.31(b))"
                            : "It is about counseling notes and nothing else (2.31(b))");
        }
        List<String> missing =
                content.labels().stream().filter(label -> !permits(label)).toList();
        String named = selection.labels().isEmpty()
                ? "It names no label, and so does not open what is labelled "
                : "It covers what is labelled " + String.join(", ", selection.labels()) + ", but not ";
        return missing.isEmpty() ? List.of() : List.of(named + String.join(", ", missing));
    }

    /** Whether it is about counseling notes, and so about nothing else. */
    private boolean isOfNotes() {
        return selection.labels().stream().anyMatch(Sensitivity.NOTES::contains);
    }

    private boolean permits(String label) {
        if (Sensitivity.isHandling(label) || Sensitivity.isNamed(selection.labels(), label)) {
            return true;
        }
        if (isOfNotes()) {
            return Sensitivity.NOTES.contains(label) || Sensitivity.isOfSessions(label);
        }
        boolean isLimited = selection.labels().stream().anyMatch(Sensitivity::isSubject);
        return !isLimited && Sensitivity.isTopic(label);
    }

    /** Whether an exception of a restriction names everything that the labels of {@code content} tell of it. */
    private static boolean isWithin(Selection exception, ContentClass content) {
        return new ContentTerms(false, exception, List.of()).covers(content);
    }

    /** The same for terms that are the same. */
    public String text() {
        StringBuilder text = new StringBuilder((denies ? DENY : PERMIT) + " " + selection.text());
        exceptions.forEach(exception -> text.append(BUT_NOT).append(exception.text()));
        return text.toString();
    }

    /** What {@link #text} says. */
    public static ContentTerms parse(String text) {
        int space = text.indexOf(' ');
        List<String> parts = List.of(text.substring(space + 1).split(BUT_NOT, -1));
        List<Selection> exceptions = new ArrayList<>();
        parts.subList(1, parts.size()).forEach(part -> exceptions.add(Selection.parse(part)));
        return new ContentTerms(text.substring(0, space).equals(DENY), Selection.parse(parts.get(0)), exceptions);
    }
}
