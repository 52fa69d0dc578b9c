// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
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
    void refusesWhatItDoesNotKnow(String query) {
        assertThat(fhir.get(query).send().status()).as(query).isIn(200, 400, 404, 412, 422);
    }

    private java.util.List<String> found(String query) {
        return fhir.get(query + "&" + invented.tagged()).send().expect(200).matches();
    }
}
