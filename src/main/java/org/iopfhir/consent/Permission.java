// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
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
        if (form.permissions().stream().anyMatch(ConsentReader::looksInside)) {
            flaws.add("It is about clinical codes or single records, which cannot be told from outside of a record");
        }
        boolean ofNotes = form.says("counselingNotes");
        boolean isMixed = form.permissions().stream()
                .flatMap(permission -> permission.getSecurityLabel().stream())
                .map(ContentClass::name)
                .filter(Sensitivity::isSubject)
                .anyMatch(label -> Sensitivity.NOTES.contains(label) != ofNotes);
        if (isMixed) {
            flaws.add("Counseling notes need a consent of their own that says so and is about nothing else (2.31(b))");
        }
        boolean isLegal = form.purposes().contains(Purposes.LEGAL);
        if (isLegal != form.says("legalProceedings")
                || (isLegal && form.purposes().size() > 1)) {
            flaws.add("Legal proceedings need a consent of their own that says so (2.31(d))");
        }
        return flaws;
    }

    List<Clause> clauses() {
        List<Clause> clauses = new ArrayList<>();
        ContentTerms terms = new ContentTerms(false, ofNotes(ConsentReader.selection(root)), exceptions());
        ConsentReader.clauses(Effect.PERMIT, recipients(), purposes(root, List.of()), times, terms)
                .forEach(clauses::add);
        for (ProvisionComponent nested : root.getProvision()) {
            if (nested.getType() == ConsentProvisionType.DENY) {
                clauses.addAll(denied(nested));
            } else {
                clauses.addAll(permitted(nested));
            }
        }
        clauses.removeIf(clause -> clause.recipient().equals(Clause.TPO)
                && !ConsentForm.TREATMENT_PAYMENT_OPERATIONS.contains(clause.purpose())
                && clause.effect() == Effect.PERMIT);
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

    /** A consent that is about counseling notes is about nothing else, also where it names no label. */
    private Selection ofNotes(Selection selection) {
        return form.says("counselingNotes") && selection.labels().stream().noneMatch(Sensitivity.NOTES::contains)
                ? new Selection(
                        selection.types(),
                        Stream.concat(selection.labels().stream(), Sensitivity.NOTES.stream())
                                .toList())
                : selection;
    }

    /** What is taken out for everybody and always. */
    private List<Selection> exceptions() {
        return root.getProvision().stream()
                .filter(nested -> nested.getType() == ConsentProvisionType.DENY && isException(nested))
                .map(ConsentReader::selection)
                .toList();
    }

    static boolean isException(ProvisionComponent nested) {
        return !nested.hasActor() && !nested.hasPurpose() && !nested.hasPeriod() && !nested.hasDataPeriod();
    }

    /**
     * What is taken out for some, or for a time; it overrides every other consent, so that nobody has to guess which was
     * meant, for as long as the patient does not take it back.
     */
    private List<Clause> denied(ProvisionComponent nested) {
        if (isException(nested)) {
            return List.of();
        }
        boolean names = nested.hasActor() || nested.hasPurpose();
        List<String> anybody = List.of(Clause.ANYONE);
        return ConsentReader.clauses(
                        Effect.DENY,
                        ConsentReader.or(ConsentReader.recipients(nested), names ? anybody : recipients()),
                        ConsentReader.or(
                                ConsentReader.purposes(nested), names ? anybody : ConsentReader.purposes(root)),
                        ConsentTimes.ofDenial(nested),
                        new ContentTerms(true, ConsentReader.selection(nested), List.of()))
                .toList();
    }

    /** What is added, within the bounds of the whole. */
    private List<Clause> permitted(ProvisionComponent nested) {
        Selection named = ConsentReader.selection(nested);
        Selection outer = ConsentReader.selection(root);
        Selection selection = new Selection(
                ConsentReader.or(named.types(), outer.types()), ConsentReader.or(named.labels(), outer.labels()));
        return ConsentReader.clauses(
                        Effect.PERMIT,
                        ConsentReader.or(ConsentReader.recipients(nested), recipients()),
                        purposes(nested, ConsentReader.purposes(root)),
                        ConsentTimes.of(consent, nested).within(times),
                        new ContentTerms(false, ofNotes(selection), exceptions()))
                .toList();
    }
}
