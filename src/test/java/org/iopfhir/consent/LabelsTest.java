// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Medication;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class LabelsTest {

    private static final String ICD_10_CM = "http://hl7.org/fhir/sid/icd-10-cm";

    /** Codes of v3-Confidentiality that R4 still knows and that say what the information is, not how restricted. */
    @ParameterizedTest
    @CsvSource({
        "N, HIV, R",
        "V, PSY, V",
        "R, ETH, R",
    })
    void keepsAKindOfInformationThatWasOnceACodeOfConfidentiality(String level, String kind, String expected) {
        Patient patient = new Patient();
        patient.getMeta().addSecurity(HighWaterMark.CONFIDENTIALITY, level, null);
        patient.getMeta().addSecurity(HighWaterMark.CONFIDENTIALITY, kind, null);

        Labels.stamp(null, patient);

        assertThat(confidentiality(patient)).containsExactly(expected);
        assertThat(patient.getMeta().getSecurity(HighWaterMark.ACT_CODE, kind)).isNotNull();
    }

    @Test
    void takesAConfidentialityThatItDoesNotKnowForTheHighest() {
        Patient patient = new Patient();
        patient.getMeta().addSecurity(HighWaterMark.CONFIDENTIALITY, "T", null);

        Labels.stamp(null, patient);

        assertThat(confidentiality(patient)).containsExactly("V");
    }

    @Test
    void changesNothingTheSecondTime() {
        Condition condition = new Condition();
        condition.getCode().addCoding(new Coding(ICD_10_CM, "F10.20", null));
        Labels.stamp(null, condition);
        List<Coding> once = List.copyOf(condition.getMeta().getSecurity());

        Labels.stamp(condition.copy(), condition);

        assertThat(condition.getMeta().getSecurity()).hasSameSizeAs(once);
        assertThat(condition.getMeta().getSecurity())
                .zipSatisfy(
                        once,
                        (now, before) -> assertThat(now.equalsDeep(before)).isTrue());
    }

    @Test
    void findsADiagnosisInsideOfContainedResourcesAndExtensions() {
        Encounter encounter = new Encounter();
        Condition contained = new Condition();
        contained.getCode().addCoding(new Coding(ICD_10_CM, "F10.10", null));
        encounter.addContained(contained);
        encounter.addExtension(new Extension("https://example.org/why", new Coding(ICD_10_CM, "f11.20", null)));

        Labels.stamp(null, encounter);

        assertThat(encounter.getMeta().getSecurity(HighWaterMark.ACT_CODE, "ETHUD"))
                .isNotNull();
        assertThat(encounter.getMeta().getSecurity(HighWaterMark.ACT_CODE, "OPIOIDUD"))
                .isNotNull();
    }

    @Test
    void takesNoOtherCodeOfTheSameLettersForADiagnosis() {
        Condition condition = new Condition();
        condition.getCode().addCoding(new Coding("https://example.org/rooms", "F10.20", null));
        condition.getCode().addCoding(new Coding(null, "F11.20", null));

        Labels.stamp(null, condition);

        assertThat(condition.getMeta().getSecurity())
                .extracting(Coding::getCode)
                .containsExactly("R", "SUD", "42CFRPart2", "PERSISTLABEL");
    }

    @Test
    void labelsNoEventOfTheAuditTrailAndNothingShared() {
        AuditEvent event = new AuditEvent();
        Medication medication = new Medication();

        Labels.stamp(null, event);
        Labels.stamp(null, medication);

        assertThat(event.hasMeta()).isFalse();
        assertThat(medication.hasMeta()).isFalse();
        assertThat(Labels.isGuarded("Slot")).isFalse();
        assertThat(Labels.isGuarded("Schedule")).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "R, '', false, false",
        "R, '', true, true",
        "R, R, false, false",
        "R, N, false, true",
        "V, R, true, true",
        "R, V, true, false",
        "'', N, false, false",
    })
    void knowsWhatLowersALabel(String stored, String sent, boolean isPatch, boolean lowers) {
        assertThat(Labels.lowering(patient(stored), patient(sent), isPatch).isPresent())
                .isEqualTo(lowers);
    }

    @Test
    void saysTheBasisOnEachEntryOfAnAnswerAndOnce() {
        Bundle answer = new Bundle().setType(Bundle.BundleType.SEARCHSET);
        Patient patient = new Patient();
        Labels.stamp(null, patient);
        answer.addEntry().setResource(patient);

        Labels.addBasis(answer);
        Labels.addBasis(answer);

        assertThat(patient.getMeta()
                        .getSecurity(HighWaterMark.ACT_CODE, "42CFRPart2")
                        .getExtension())
                .singleElement()
                .satisfies(basis ->
                        assertThat(((Coding) basis.getValue()).getCode()).isEqualTo("42CFRPart2"));
        assertThat(patient.getMeta().getSecurity(HighWaterMark.ACT_CODE, "SUD").hasExtension())
                .isFalse();
    }

    private static Patient patient(String confidentiality) {
        Patient patient = new Patient();
        patient.setId("Patient/1");
        if (!confidentiality.isEmpty()) {
            patient.getMeta().addSecurity(HighWaterMark.CONFIDENTIALITY, confidentiality, null);
        }
        return patient;
    }

    private static List<String> confidentiality(Resource resource) {
        return resource.getMeta().getSecurity().stream()
                .filter(label -> HighWaterMark.CONFIDENTIALITY.equals(label.getSystem()))
                .map(Coding::getCode)
                .toList();
    }
}
