// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.iopfhir.consent.Clause.Effect;
import org.iopfhir.consent.ContentTerms.Selection;

/**
 * What a consent says whose root provision denies: a restriction that the patient has asked for and the program has
 * agreed to (2.26). Without recipients or purposes it is for all of them.
 */
final class Restriction {

    private final ProvisionComponent root;

    Restriction(Consent consent) {
        this.root = consent.getProvision();
    }

    List<Clause> clauses() {
        List<Clause> clauses = new ArrayList<>(denied(root, exceptions()));
        root.getProvision().stream()
                .filter(nested -> nested.getType() == ConsentProvisionType.DENY)
                .forEach(nested -> clauses.addAll(denied(nested, List.of())));
        return clauses;
    }

    /** What a provision inside of the restriction does not name, it takes from the whole. */
    private List<Clause> denied(ProvisionComponent provision, List<Selection> exceptions) {
        List<String> everybody = List.of(Clause.ANYONE);
        List<String> recipients = ConsentReader.or(ConsentReader.recipients(provision), ConsentReader.recipients(root));
        List<String> purposes = ConsentReader.or(ConsentReader.purposes(provision), ConsentReader.purposes(root));
        return ConsentReader.clauses(
                        Effect.DENY,
                        ConsentReader.or(recipients, everybody),
                        ConsentReader.or(purposes, everybody),
                        ConsentTimes.ofDenial(provision),
                        new ContentTerms(true, ConsentReader.selection(provision), exceptions))
                .toList();
    }

    /** What is left open for everybody whom it restricts; what is left open for some of them is restricted too. */
    private List<Selection> exceptions() {
        return root.getProvision().stream()
                .filter(nested -> nested.getType() == ConsentProvisionType.PERMIT)
                .filter(nested -> !nested.hasActor() && !nested.hasPurpose() && !ConsentReader.looksInside(nested))
                .filter(nested -> !nested.hasPeriod() && !nested.hasDataPeriod())
                .filter(nested -> nested.hasClass_() || nested.hasSecurityLabel())
                .map(ConsentReader::selection)
                .toList();
    }
}
