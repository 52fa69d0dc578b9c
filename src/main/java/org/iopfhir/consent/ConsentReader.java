// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ConsentState;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.consent.Clause.Effect;
import org.iopfhir.consent.ContentTerms.Selection;

/**
 * Reads what a Part 2 consent permits and forbids. What is not in force, or lacks what 2.31(a) wants, permits nothing
 * (2.31(c)); a restriction (2.26) holds as soon as it says whose it is. What cannot be told of a record from outside,
 * such as a clinical code, opens nothing, and where it would limit a restriction it does not.
 */
public final class ConsentReader {

    private static final String PART2 = "42CFRPart2CD";

    /** What {@code consent} says; without clauses when it is not in force, or no consent under Part 2. */
    public ConsentReading read(Consent consent) {
        List<String> flaws = new ArrayList<>(notInForce(consent));
        List<Clause> clauses = new ArrayList<>();
        if (flaws.isEmpty()) {
            boolean denies = consent.getProvision().getType() == ConsentProvisionType.DENY;
            if (denies) {
                clauses.addAll(new Restriction(consent).clauses());
            } else {
                Permission permission = new Permission(consent);
                flaws.addAll(permission.flaws());
                clauses.addAll(permission.clauses());
                if (!flaws.isEmpty()) {
                    clauses.removeIf(clause -> clause.effect() == Effect.PERMIT);
                }
            }
        }
        return new ConsentReading(
                String.valueOf(consent.getIdElement().getIdPart()),
                text(consent.getPatient()),
                consent.getOrganization().stream().map(ConsentReader::text).toList(),
                clauses,
                flaws);
    }

    private static List<String> notInForce(Consent consent) {
        List<String> flaws = new ArrayList<>();
        if (consent.getStatus() != ConsentState.ACTIVE) {
            String status = consent.getStatus() == null
                    ? "missing"
                    : consent.getStatus().toCode();
            flaws.add("It is not in force: its status is " + status + " (2.31(c))");
        }
        if (consent.getCategory().stream()
                .flatMap(category -> category.getCoding().stream())
                .noneMatch(coding -> PART2.equals(coding.getCode()))) {
            flaws.add("It is no consent under 42 CFR Part 2");
        }
        if (!consent.getProvision().hasType()) {
            flaws.add("It neither permits nor denies");
        }
        return flaws;
    }

    static String text(Reference reference) {
        return Objects.requireNonNullElse(reference.getReference(), "");
    }

    /** Whether a provision is about records that only their content tells from others. */
    static boolean looksInside(ProvisionComponent provision) {
        return provision.hasCode() || provision.hasData();
    }

    static Selection selection(ProvisionComponent provision) {
        return new Selection(
                provision.getClass_().stream().map(Coding::getCode).toList(),
                provision.getSecurityLabel().stream().map(ContentClass::name).toList());
    }

    static List<String> recipients(ProvisionComponent provision) {
        return provision.getActor().stream()
                .map(actor -> name(actor.getReference()))
                .toList();
    }

    private static String name(Reference reference) {
        return reference.hasReference()
                ? text(reference)
                : "identifier:" + reference.getIdentifier().getSystem() + "|"
                        + reference.getIdentifier().getValue();
    }

    static List<String> purposes(ProvisionComponent provision) {
        return provision.getPurpose().stream().map(Coding::getCode).toList();
    }

    static List<String> or(List<String> some, List<String> others) {
        return some.isEmpty() ? others : some;
    }

    static List<String> intermediaries(ConsentForm form) {
        return form.values("intermediary").stream()
                .map(Reference.class::cast)
                .map(ConsentReader::text)
                .toList();
    }

    static Stream<Clause> clauses(
            Effect effect, List<String> recipients, List<String> purposes, ConsentTimes times, ContentTerms terms) {
        return recipients.stream()
                .flatMap(recipient ->
                        purposes.stream().map(purpose -> new Clause(effect, recipient, purpose, times, terms)));
    }
}
