// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.Locale;
import java.util.Set;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Property;

/**
 * What the codes inside of a resource say about its content, wherever they stand: a diagnosis is as telling in the reason
 * of an encounter, in a claim or in a contained resource as it is in a Condition.
 */
final class KnownContent {

    private static final String SNOMED = "http://snomed.info/sct";

    /** Of the United States and of the WHO; both have the same first letters. */
    private static final Set<String> ICD_10 =
            Set.of("http://hl7.org/fhir/sid/icd-10-cm", "http://hl7.org/fhir/sid/icd-10");

    /** Alcohol dependence; chronic alcoholism in remission; abstinent alcoholic. */
    private static final Set<String> ALCOHOL = Set.of("66590003", "191813001", "300939009");

    /** Opioid dependence; the same in remission. */
    private static final Set<String> OPIOIDS = Set.of("75544000", "191821007");

    private static final String DOCUMENT = "https://iop-fhir.org/fhir/CodeSystem/iop-document";
    private static final String COUNSELING_NOTE = "sud-counseling-note";

    private KnownContent() {}

    /** Add to {@code mark} what is known of {@code element} and of everything in it. */
    static void addTo(HighWaterMark mark, Base element) {
        if (element instanceof Coding coding) {
            addDiagnosis(mark, coding);
        } else if (element instanceof DocumentReference document
                && document.getType().hasCoding(DOCUMENT, COUNSELING_NOTE)) {
            mark.add(Labels.label("PSYTHPN")).add(Labels.label("HIPAAPsyNotes"));
        }
        for (Property property : element.children()) {
            property.getValues().forEach(value -> {
                if (!value.isPrimitive()) {
                    addTo(mark, value);
                }
            });
        }
    }

    private static void addDiagnosis(HighWaterMark mark, Coding coding) {
        if (is(coding, "F10", ALCOHOL)) {
            mark.add(Labels.label("ETHUD"));
        } else if (is(coding, "F11", OPIOIDS)) {
            mark.add(Labels.label("OPIOIDUD"));
        }
    }

    private static boolean is(Coding coding, String group, Set<String> snomed) {
        if (!coding.hasSystem() || !coding.hasCode()) {
            return false;
        }
        return ICD_10.contains(coding.getSystem())
                ? coding.getCode().toUpperCase(Locale.ROOT).startsWith(group)
                : SNOMED.equals(coding.getSystem()) && snomed.contains(coding.getCode());
    }
}
