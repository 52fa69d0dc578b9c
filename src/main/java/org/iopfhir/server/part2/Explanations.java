// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.part2;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.hl7.fhir.r4.model.Consent;
import org.iopfhir.consent.ConsentReader;
import org.iopfhir.consent.ContentClass;
import org.iopfhir.consent.Explainer;
import org.iopfhir.consent.Explainer.Asked;
import org.iopfhir.consent.Explainer.Considered;
import org.iopfhir.consent.Explainer.Outcome;
import org.iopfhir.consent.Explainer.Recipient;
import org.iopfhir.consent.Explainer.Subject;
import org.iopfhir.storage.RecordFinder;
import org.iopfhir.storage.disclosure.DisclosureQuestions;
import org.iopfhir.storage.disclosure.DisclosureQuestions.Known;
import org.iopfhir.storage.disclosure.Disclosures.Basis;
import org.iopfhir.storage.disclosure.RecordFacts;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.storage.disclosure.Viewer.Inside;
import org.iopfhir.storage.disclosure.Viewer.Outside;

/** Asks the conditions by which records are shown, and finds the words for what they answer. */
public final class Explanations {

    private final DisclosureQuestions questions;
    private final RecordFinder finder;
    private final ConsentReader reader = new ConsentReader();
    private final Explainer explainer = new Explainer();

    public Explanations(DisclosureQuestions questions, RecordFinder finder) {
        this.questions = questions;
        this.finder = finder;
    }

    /**
     * Explain.
     *
     * @param patient id
     * @param record  of that patient, or of several
     * @param viewer  what the recipient is
     */
    Explanation explain(String patient, Known record, Viewer viewer, Instant at) {
        if (viewer.inside() != null) {
            boolean isVisible = questions.isVisible(record.facts().key(), viewer, at);
            return isVisible
                    ? Explanation.permit(
                            "inside",
                            "The recipient is the program or its qualified service organization, which needs no"
                                    + " consent (2.12(c)(3) and (4))")
                    : whyNotInside(record.facts(), viewer.inside());
        }
        Outside outside = Objects.requireNonNull(viewer.outside());
        Optional<Basis> basis = questions.basis(record.facts().key(), outside, at);
        List<Considered> considered = consider(patient, asked(patient, record, outside, at));
        Explanation decided = basis.map(found -> permitted(found, outside))
                .orElseGet(() -> record.isDeleted() ? deleted() : denied(record.facts(), considered));
        return new Explanation(decided.isPermitted(), decided.rule(), decided.because(), decided.consent(), considered);
    }

    private static Explanation whyNotInside(RecordFacts facts, Inside inside) {
        if (!inside.programs().isEmpty() && !inside.programs().contains(facts.custodian())) {
            return Explanation.deny("other-program", "Another program keeps the record, which is no part of this one");
        }
        return Explanation.deny("counseling-note", "The record is a counseling note, which only its author is shown");
    }

    private static Explanation permitted(Basis basis, Outside outside) {
        if (basis.consent() != null) {
            return new Explanation(
                    true,
                    "consent",
                    "Consent/" + basis.consent() + " permits it, and nothing restricts it (2.31, 2.33)",
                    basis.consent(),
                    List.of());
        }
        boolean isOwn =
                outside.organization() != null && ("Organization/" + outside.organization()).equals(basis.writer());
        return isOwn
                ? Explanation.permit("own-record", "The recipient itself has written the record")
                : Explanation.permit("emergency", "The record was opened in a medical emergency (2.51)");
    }

    private static Explanation deleted() {
        return Explanation.deny("deleted", "The record is deleted, and nobody outside of the program is shown it");
    }

    private static Explanation denied(RecordFacts facts, List<Considered> considered) {
        if (facts.patient() == null) {
            return Explanation.deny(
                    "not-of-one-patient",
                    "The record is not about one patient alone, so that no consent of one of them opens it");
        }
        List<String> restricting = considered.stream()
                .filter(consent -> consent.outcome() == Outcome.RESTRICTS)
                .map(consent -> "Consent/" + consent.consent())
                .toList();
        boolean isOpened = considered.stream().anyMatch(consent -> consent.outcome() == Outcome.PERMITS);
        if (!restricting.isEmpty()) {
            return Explanation.deny(
                    "restriction",
                    String.join(", ", restricting) + " restricts it (2.26)"
                            + (isOpened ? ", which is stronger than the consent that permits it" : ""));
        }
        return Explanation.deny(
                "no-consent",
                considered.isEmpty()
                        ? "The patient has given no consent, and without one nothing is disclosed (2.13)"
                        : "No consent of the patient permits it, and without one nothing is disclosed (2.13)");
    }

    private Asked asked(String patient, Known record, Outside outside, Instant at) {
        RecordFacts facts = record.facts();
        boolean isTied = outside.organization() != null && questions.isTied(patient, outside.organization());
        return new Asked(
                new Recipient(outside.recipients(), outside.designations(), isTied),
                outside.purposes(),
                at,
                new Subject(
                        ContentClass.parse(facts.content()),
                        facts.happened() == RecordFacts.UNDATED
                                ? Optional.empty()
                                : Optional.of(Instant.ofEpochMilli(facts.happened())),
                        facts.custodian()));
    }

    private List<Considered> consider(String patient, Asked asked) {
        return finder.now().find("Consent", Map.of("patient", List.of("Patient/" + patient))).stream()
                .map(consent -> reader.read((Consent) consent))
                .map(reading -> explainer.consider(reading, asked))
                .toList();
    }
}
