// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches that ask the terminology of the package. */
class SearchTerminologyApiTest {

    private static final String ADMINISTRATIVE_GENDER = "http://hl7.org/fhir/ValueSet/administrative-gender";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String patient = "";

    @BeforeEach
    void patient() {
        patient = fhir.store(invented.patient("Begriff"));
    }

    @Test
    void findsByMembershipInAValueSet() {
        assertThat(found("Patient?gender:in=" + ADMINISTRATIVE_GENDER)).containsExactly(patient);
        assertThat(found("Patient?gender:not-in=" + ADMINISTRATIVE_GENDER)).isEmpty();
    }

    @Test
    void findsByMembershipInAValueSetOfThePackage() {
        String levels = "https://iop-fhir.org/fhir/ValueSet/asam-level-of-care";
        Observation observation = invented.observation(patient);
        observation.getCode().getCoding().clear();
        observation
                .getCode()
                .addCoding(new Coding("https://iop-fhir.org/fhir/CodeSystem/asam-level-of-care-4", "2.1", null));
        String id = fhir.store(observation);

        assertThat(found("Observation?code:in=" + levels)).containsExactly(id);
        assertThat(found("Observation?code:not-in=" + levels)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Patient?gender:in=http://example.org/ValueSet/nowhere",
                "Patient?gender:not-in=http://example.org/ValueSet/nowhere",
                "Patient?gender:in=",
                "Patient?gender:in=female",
                "Patient?gender:above=http://hl7.org/fhir/administrative-gender|female",
                "Patient?gender:below=http://hl7.org/fhir/administrative-gender|female",
                "Observation?code:above=http://loinc.org|5778-6",
                "Observation?code:below=http://example.org/nowhere|1",
            })
    void findsNothingOrSaysWhyByWhatItDoesNotKnow(String query) {
        Answer answer = fhir.get(query + "&_id=none").send();

        if (answer.status() == 200) {
            assertThat(answer.matches()).as(query).isEmpty();
        } else {
            assertThat(answer.status()).as(query).isBetween(400, 499);
            assertThat(answer.text()).as(query).contains("OperationOutcome", "diagnostics");
        }
    }

    @Test
    void findsByTheHierarchyOfAKnownCodeSystem() {
        String actCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
        Observation narrow = invented.observation(patient);
        narrow.getCode().getCoding().clear();
        narrow.getCode().addCoding(new Coding(actCode, "AMB", null));
        Observation wide = invented.observation(patient);
        wide.getCode().getCoding().clear();
        wide.getCode().addCoding(new Coding(actCode, "_ActEncounterCode", null));
        String ambulatory = fhir.store(narrow);
        String anyEncounter = fhir.store(wide);

        assertThat(found("Observation?code:below=" + actCode + "|_ActEncounterCode"))
                .containsExactlyInAnyOrder(ambulatory, anyEncounter);
        assertThat(found("Observation?code:below=" + actCode + "|AMB")).containsExactly(ambulatory);
        assertThat(found("Observation?code:above=" + actCode + "|AMB"))
                .containsExactlyInAnyOrder(ambulatory, anyEncounter);
        assertThat(found("Observation?code:above=" + actCode + "|_ActEncounterCode"))
                .containsExactly(anyEncounter);
    }

    private java.util.List<String> found(String query) {
        return fhir.get(query + "&" + invented.tagged()).send().expect(200).matches();
    }
}
