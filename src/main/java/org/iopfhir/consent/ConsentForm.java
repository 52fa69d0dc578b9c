// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Consent.ConsentProvisionType;
import org.hl7.fhir.r4.model.Consent.ProvisionComponent;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Type;

/** What the signed form says beyond what R4 has elements for: the extension of the profile IOPPart2Consent. */
final class ConsentForm {

    private static final String ELEMENTS = "https://iop-fhir.org/fhir/StructureDefinition/part2-consent-elements";

    /** Purposes of which 2.31(a) wants two more statements. */
    static final Set<String> TREATMENT_PAYMENT_OPERATIONS = Set.of("TREAT", "CAREMGT", "COC", "HPAYMT", "HOPERAT");

    private final Consent consent;

    ConsentForm(Consent consent) {
        this.consent = consent;
    }

    List<Type> values(String element) {
        return consent.getExtensionsByUrl(ELEMENTS).stream()
                .flatMap(elements -> elements.getExtensionsByUrl(element).stream())
                .map(Extension::getValue)
                .toList();
    }

    boolean has(String element) {
        return !values(element).isEmpty();
    }

    boolean says(String element) {
        return values(element).stream().anyMatch(value -> value instanceof BooleanType said && said.booleanValue());
    }

    boolean hasRecipientClass(String code) {
        return values("recipientClass").stream().map(Base::primitiveValue).anyMatch(code::equals);
    }

    /** What a permission lacks of 2.31(a), in words. */
    List<String> missing() {
        ProvisionComponent provision = consent.getProvision();
        boolean ofOperations =
                provision.getPurpose().stream().map(Coding::getCode).anyMatch(TREATMENT_PAYMENT_OPERATIONS::contains);
        return Stream.of(
                        need(consent.hasPatient(), "the patient (2.31(a)(1))"),
                        need(consent.hasOrganization(), "who may disclose (2.31(a)(2))"),
                        need(has("information"), "what may be disclosed (2.31(a)(3))"),
                        need(namesRecipients(), "the recipient (2.31(a)(4))"),
                        need(!purposes().isEmpty(), "the purpose (2.31(a)(5))"),
                        need(says("rightToRevoke"), "the right to revoke (2.31(a)(6))"),
                        need(provision.getPeriod().hasEnd() || has("expirationEvent"), "when it ends (2.31(a)(7))"),
                        need(
                                provision.getPeriod().hasEnd() || !endsNever() || isForOperationsOnly(),
                                "when it ends, and \"none\" suffices for treatment, payment and operations only"
                                        + " (2.31(a)(7))"),
                        need(has("signedBy") && consent.hasSource(), "the signature (2.31(a)(8))"),
                        need(consent.hasDateTime(), "the date (2.31(a)(9))"),
                        need(
                                !ofOperations || says("redisclosureStatement"),
                                "the statement on redisclosure (2.31(a)(10)(i))"),
                        need(
                                !ofOperations || says("refusalConsequence"),
                                "the statement on the consequences of a refusal (2.31(a)(10)(ii))"),
                        need(
                                !hasRecipientClass(Clause.TPO) || says("redisclosureUnderHipaa"),
                                "the statement on redisclosure under HIPAA (2.31(a)(4)(iii))"))
                .flatMap(List::stream)
                .toList();
    }

    private boolean namesRecipients() {
        return has("recipientClass") || permissions().stream().anyMatch(ProvisionComponent::hasActor);
    }

    private boolean endsNever() {
        return values("expirationEvent").stream().map(Base::primitiveValue).anyMatch("none"::equalsIgnoreCase);
    }

    private boolean isForOperationsOnly() {
        return TREATMENT_PAYMENT_OPERATIONS.containsAll(purposes());
    }

    /** The root provision, and what it permits beyond that. */
    List<ProvisionComponent> permissions() {
        ProvisionComponent root = consent.getProvision();
        return Stream.concat(
                        Stream.of(root),
                        root.getProvision().stream().filter(nested -> nested.getType() == ConsentProvisionType.PERMIT))
                .toList();
    }

    /** What all of it is for. */
    Set<String> purposes() {
        return permissions().stream()
                .flatMap(permission -> permission.getPurpose().stream())
                .map(Coding::getCode)
                .collect(Collectors.toSet());
    }

    private static List<String> need(boolean isThere, String what) {
        return isThere ? List.of() : List.of("It does not say " + what);
    }
}
