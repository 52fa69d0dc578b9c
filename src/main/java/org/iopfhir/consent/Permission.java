// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.iopfhir.consent.Clause.Effect;
import org.iopfhir.consent.ContentTerms.Selection;

/** What a consent says whose root provision permits. */
final class Permission {

    private static final String GENERAL_DESIGNATION = "general-designation";

    private final Consent consent;
    private final ConsentForm form;
    private final ProvisionComponent root;
    private final ConsentTimes times;

    Permission(Consent consent) {
        this.consent = consent;
        this.form = new ConsentForm(consent);
        this.root = consent.getProvision();
        this.times = ConsentTimes.of(consent, root);
    }

    List<String> flaws() {
        List<String> flaws = new ArrayList<>(form.missing());
        if (ConsentReader.looksInside(root)) {
            flaws.add("It is about clinical codes or single records, which cannot be told from outside of a record");
        }
        boolean namesNotes =
                root.getSecurityLabel().stream().map(ContentClass::name).anyMatch(Sensitivity.NOTES::contains);
        if (namesNotes != form.says("counselingNotes")) {
            flaws.add("Counseling notes need a consent of their own that says so and is about nothing else (2.31(b))");
        }
        boolean isLegal = ConsentReader.purposes(root).contains(Purposes.LEGAL);
        boolean isMore = root.getPurpose().size() > 1;
        if (isLegal != form.says("legalProceedings") || (isLegal && isMore)) {
            flaws.add("Legal proceedings need a consent of their own that says so (2.31(d))");
        }
        return flaws;
    }

    List<Clause> clauses() {
        List<Clause> clauses = new ArrayList<>();
        ContentTerms terms = new ContentTerms(false, ConsentReader.selection(root), exceptions());
        ConsentReader.clauses(Effect.PERMIT, recipients(), purposes(root, List.of()), times, terms)
                .forEach(clauses::add);
        for (ProvisionComponent nested : root.getProvision()) {
            if (nested.getType() == ConsentProvisionType.DENY) {
                clauses.addAll(denied(nested));
            } else if (!ConsentReader.looksInside(nested)) {
                clauses.addAll(permitted(nested));
            }
        }
        return clauses;
    }

    private List<String> recipients() {
        List<String> recipients = new ArrayList<>(ConsentReader.recipients(root));
        List<String> intermediaries = ConsentReader.intermediaries(form);
        recipients.addAll(intermediaries);
        if (form.hasRecipientClass(Clause.TPO)) {
            recipients.add(Clause.TPO);
        }
        if (form.hasRecipientClass(GENERAL_DESIGNATION)) {
            intermediaries.forEach(intermediary -> recipients.add(Clause.VIA + intermediary));
        }
        return recipients.stream().distinct().toList();
    }

    private List<String> purposes(ProvisionComponent provision, List<String> otherwise) {
        return ConsentReader.or(ConsentReader.purposes(provision), otherwise).stream()
                .filter(purpose -> !purpose.equals(Purposes.MARKETING) || !form.says("fundraisingOptOut"))
                .distinct()
                .toList();
    }

    /** What is taken out for everybody. */
    private List<Selection> exceptions() {
        return root.getProvision().stream()
                .filter(nested -> nested.getType() == ConsentProvisionType.DENY && isForEverybody(nested))
                .map(ConsentReader::selection)
                .toList();
    }

    private static boolean isForEverybody(ProvisionComponent nested) {
        return !nested.hasActor() && !nested.hasPurpose();
    }

    /**
     * What is taken out for some; it overrides every other consent, so that nobody has to guess which was meant, for as long
     * as the patient does not take it back.
     */
    private List<Clause> denied(ProvisionComponent nested) {
        if (isForEverybody(nested)) {
            return List.of();
        }
        ContentTerms terms = new ContentTerms(true, ConsentReader.selection(nested), List.of());
        return ConsentReader.clauses(
                        Effect.DENY,
                        ConsentReader.or(ConsentReader.recipients(nested), recipients()),
                        ConsentReader.or(ConsentReader.purposes(nested), List.of(Clause.ANYONE)),
                        ConsentTimes.ofDenial(nested),
                        terms)
                .toList();
    }

    /** What is added, within the bounds of the whole. */
    private List<Clause> permitted(ProvisionComponent nested) {
        List<String> purposes = purposes(nested, ConsentReader.purposes(root));
        boolean isLegal = purposes.contains(Purposes.LEGAL) && !form.says("legalProceedings");
        Selection named = ConsentReader.selection(nested);
        Selection outer = ConsentReader.selection(root);
        Selection selection = new Selection(
                ConsentReader.or(named.types(), outer.types()), ConsentReader.or(named.labels(), outer.labels()));
        boolean ofNotes = selection.labels().stream().anyMatch(Sensitivity.NOTES::contains);
        if (isLegal || ofNotes != form.says("counselingNotes")) {
            return List.of();
        }
        return ConsentReader.clauses(
                        Effect.PERMIT,
                        ConsentReader.or(ConsentReader.recipients(nested), recipients()),
                        purposes,
                        ConsentTimes.of(consent, nested).within(times),
                        new ContentTerms(false, selection, exceptions()))
                .toList();
    }
}
