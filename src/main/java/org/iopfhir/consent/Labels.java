// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * The security labels that a record carries: those it came with, those it had before, and those that 42 CFR Part 2 asks
 * for. They rise and never fall.
 *
 * @see <a href="http://hl7.org/fhir/R4/security-labels.html">Security labels</a>
 * @see <a href="http://hl7.org/fhir/uv/security-label-ds4p/">Data Segmentation for Privacy</a>
 */
public final class Labels {

    static final String BASIS =
            "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-basis";

    private static final String PART_2 = "42CFRPart2";

    /** Of every record of a program. */
    private static final List<String> OF_PROGRAM = List.of("SUD", PART_2, "PERSISTLABEL");

    private static final Set<String> OF_SUBSTANCE_USE = Set.of(PART_2, "SUD", "ETHUD", "OPIOIDUD");

    /** About no patient. */
    public static final Set<String> SHARED = Set.of(
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "Location",
            "HealthcareService",
            "InsurancePlan",
            "ChargeItemDefinition",
            "Medication",
            "Slot");

    private static final Set<Bundle.BundleType> ANSWERS = EnumSet.of(
            Bundle.BundleType.SEARCHSET,
            Bundle.BundleType.HISTORY,
            Bundle.BundleType.BATCHRESPONSE,
            Bundle.BundleType.TRANSACTIONRESPONSE);

    private Labels() {}

    /** Whether resources of {@code type} may tell of a patient, and are therefore labelled. */
    public static boolean isGuarded(String type) {
        return !SHARED.contains(type) && !type.equals("AuditEvent");
    }

    /**
     * Give {@code after} the labels with which it is to be stored. Done twice, it changes nothing more.
     *
     * @param before what it replaces; {@code null} when nothing
     */
    public static void stamp(@Nullable Resource before, Resource after) {
        HighWaterMark mark = new HighWaterMark();
        if (before != null) {
            mark.addAll(before.getMeta().getSecurity());
        }
        mark.addAll(after.getMeta().getSecurity());
        if (isGuarded(after.fhirType())) {
            addOfContent(mark, after);
        }
        // Without any, an empty meta would be stored.
        if (mark.level() >= 0 || !mark.others().isEmpty()) {
            after.getMeta().setSecurity(mark.labels());
        }
        if (after instanceof Bundle bundle) {
            stampSummary(bundle);
            raiseEntries(bundle);
        }
    }

    /**
     * What another system has labelled as a record of substance use treatment, and not as restricted, is restricted here. A
     * signature covers the entries, so that what is signed stays as it came; the Bundle says what its entries do not.
     */
    private static void raiseEntries(Bundle bundle) {
        if (bundle.hasSignature()) {
            return;
        }
        for (BundleEntryComponent entry : bundle.getEntry()) {
            Resource resource = entry.getResource();
            if (resource instanceof Bundle inner) {
                raiseEntries(inner);
            }
            if (resource != null && resource.getMeta().getSecurity().stream().anyMatch(Labels::isOfSubstanceUse)) {
                HighWaterMark mark =
                        new HighWaterMark().addAll(resource.getMeta().getSecurity());
                resource.getMeta().setSecurity(mark.add(restricted()).labels());
            }
        }
    }

    private static boolean isOfSubstanceUse(Coding label) {
        return HighWaterMark.ACT_CODE.equals(label.getSystem()) && OF_SUBSTANCE_USE.contains(label.getCode());
    }

    private static void addOfContent(HighWaterMark mark, Resource resource) {
        mark.add(restricted());
        OF_PROGRAM.forEach(code -> mark.add(label(code)));
        KnownContent.addTo(mark, resource);
        if (resource instanceof Bundle bundle) {
            addOfEntries(mark, bundle);
        }
    }

    /**
     * Give the entries of a batch or transaction the labels that it carries as a whole, where they have none: it is then no
     * longer known which of them it was labelled for.
     */
    public static void handDown(Bundle bundle) {
        // A lower confidentiality would raise nothing, and would lower what is stored already.
        List<Coding> labels = new HighWaterMark()
                .addAll(bundle.getMeta().getSecurity()).labels().stream()
                        .filter(label ->
                                !HighWaterMark.CONFIDENTIALITY.equals(label.getSystem()) || "V".equals(label.getCode()))
                        .toList();
        for (BundleEntryComponent entry : bundle.getEntry()) {
            Resource resource = entry.getResource();
            if (resource != null
                    && isGuarded(resource.fhirType())
                    && !resource.getMeta().hasSecurity()) {
                labels.forEach(label -> resource.getMeta().addSecurity(label.copy()));
            }
        }
    }

    static void addOfEntries(HighWaterMark mark, Bundle bundle) {
        for (BundleEntryComponent entry : bundle.getEntry()) {
            if (entry.hasResource()) {
                mark.addAll(entry.getResource().getMeta().getSecurity());
            }
            if (entry.getResource() instanceof Bundle inner) {
                addOfEntries(mark, inner);
            }
        }
    }

    /**
     * The summary of a document speaks for all of its entries. What it was before does not count, so that the same document
     * is stored the same way each time. A signature covers the summary, and not the meta of the Bundle.
     */
    private static void stampSummary(Bundle bundle) {
        if (bundle.getType() == Bundle.BundleType.DOCUMENT
                && !bundle.hasSignature()
                && bundle.getEntryFirstRep().getResource() instanceof Composition summary) {
            HighWaterMark mark = new HighWaterMark().addAll(summary.getMeta().getSecurity());
            addOfContent(mark, bundle);
            summary.getMeta().setSecurity(mark.labels());
            addBasis(summary.getMeta());
        }
    }

    /**
     * Whether {@code after} brings a label that it has neither from {@code before} nor from what it is. Whoever sends back what
     * he has read, or a copy of it, brings none.
     *
     * @param before what it replaces; {@code null} when nothing
     */
    public static boolean raises(@Nullable Resource before, Resource after) {
        HighWaterMark own = new HighWaterMark();
        if (before != null) {
            own.addAll(before.getMeta().getSecurity());
        }
        if (isGuarded(after.fhirType())) {
            addOfContent(own, after);
        }
        HighWaterMark sent = new HighWaterMark().addAll(after.getMeta().getSecurity());
        return sent.level() > own.level() || !sent.others().stream().allMatch(own::contains);
    }

    /**
     * Return in words why {@code after} may not replace {@code before}: it would be labelled lower. Leaving labels out is no
     * lowering, unless the rest of the resource came from the stored one and the labels were taken out of it.
     *
     * @param isPatch whether {@code after} was made by changing {@code before}
     */
    public static Optional<String> lowering(Resource before, Resource after, boolean isPatch) {
        HighWaterMark stored = new HighWaterMark().addAll(before.getMeta().getSecurity());
        HighWaterMark sent = new HighWaterMark().addAll(after.getMeta().getSecurity());
        boolean says = sent.level() >= 0 || isPatch;
        if (says && sent.level() < stored.level()) {
            return Optional.of("The confidentiality of " + before.fhirType() + "/"
                    + before.getIdElement().getIdPart() + " cannot be lowered: expected was "
                    + stored.confidentiality() + " or higher"
                    + (sent.confidentiality() == null ? "" : ", not " + sent.confidentiality()));
        }
        return !isPatch
                ? Optional.empty()
                : stored.others().stream()
                        .filter(label -> !sent.contains(label))
                        .findFirst()
                        .map(label ->
                                "Security labels cannot be taken away: expected was that " + before.fhirType() + "/"
                                        + before.getIdElement().getIdPart() + " keeps " + label.getSystem() + "|"
                                        + label.getCode());
    }

    /**
     * Say on each label of Part 2 in {@code answer}, and on those of what was found, on which rule it rests. Storage keeps no
     * extension of a label. What is inside of a stored Bundle stays as it is.
     */
    public static void addBasis(Resource answer) {
        addBasis(answer.getMeta());
        if (answer instanceof Bundle bundle && ANSWERS.contains(bundle.getType())) {
            for (BundleEntryComponent entry : bundle.getEntry()) {
                if (entry.hasResource()) {
                    addBasis(entry.getResource().getMeta());
                }
            }
        } else if (answer instanceof Parameters parameters) {
            parameters.getParameter().stream()
                    .filter(parameter -> parameter.getValue() instanceof Meta)
                    .forEach(parameter -> addBasis((Meta) parameter.getValue()));
        }
    }

    private static void addBasis(Meta meta) {
        for (Coding label : meta.getSecurity()) {
            if (HighWaterMark.ACT_CODE.equals(label.getSystem())
                    && PART_2.equals(label.getCode())
                    && !label.hasExtension(BASIS)) {
                label.addExtension(BASIS, new Coding(HighWaterMark.ACT_CODE, PART_2, null));
            }
        }
    }

    private static Coding restricted() {
        return new Coding(HighWaterMark.CONFIDENTIALITY, "R", null);
    }

    /** A code of v3-ActCode. */
    static Coding label(String code) {
        return new Coding(HighWaterMark.ACT_CODE, code, null);
    }
}
