// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches by string, quantity, reference, URI and composite. */
class SearchValueApiTest {

    private static final String UCUM = "http://unitsofmeasure.org";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String patient = "";

    @BeforeEach
    void patient() {
        Patient someone = invented.patient("Müller-Lüdenscheidt");
        someone.addAddress().setCity("Erfundingen");
        patient = fhir.store(someone);
    }

    @ParameterizedTest(name = "{0} finds it: {1}")
    @CsvSource({
        "family=Müller-Lüdenscheidt, true",
        "family=müller, true",
        "family=MULLER, true",
        "family=lüdenscheidt, false",
        "family:contains=lüdenscheidt, true",
        "family:contains=DENSCH, true",
        "family:exact=Müller-Lüdenscheidt, true",
        "family:exact=müller-lüdenscheidt, false",
        "family:exact=Müller, false",
        "name=Testina, true",
        "name=test, true",
        "given=Testina, true",
        "given=Niemand, false",
        "'given=Niemand,Testina', true",
        "address-city=Erfund, true",
        "family:missing=true, false",
        "address-city:missing=false, true",
    })
    void findsByString(String query, boolean expected) {
        List<String> found = fhir.get("Patient?" + query.replace("ü", "%C3%BC") + "&" + invented.tagged())
                .send()
                .expect(200)
                .matches();

        assertThat(found).isEqualTo(expected ? List.of(patient) : List.of());
    }

    @Test
    void readsEscapedCommas() {
        Patient comma = invented.patient("Komma, der Echte");
        String id = fhir.store(comma);

        assertThat(fhir.get("Patient?family:exact=Komma%5C, der Echte&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(id);
        assertThat(fhir.get("Patient?family:exact=Komma, der Echte&" + invented.tagged())
                        .send()
                        .matches())
                .isEmpty();
    }

    @ParameterizedTest(name = "value-quantity={0} finds it: {1}")
    @CsvSource({
        "5.4, true",
        "5.4|http://unitsofmeasure.org|mg, true",
        "5.4||mg, true",
        "5, true",
        "5.40, true",
        "5.39, false",
        "5.4|http://unitsofmeasure.org|kg, false",
        "gt5, true",
        "gt5.4, false",
        "ge5.4, true",
        "lt5.4, false",
        "le5.4, true",
        "ne5.4, false",
        "ne6, true",
        "sa5, true",
        "eb5, false",
        "ap5, true",
        "ap50, false",
        "54e-1, true",
        "'1,5.4', true",
    })
    void findsByQuantity(String query, boolean expected) {
        String id = fhir.store(invented.observation(patient, "5.4", "mg"));

        List<String> found = fhir.get("Observation?value-quantity=" + query + "&" + invented.tagged())
                .send()
                .expect(200)
                .matches();

        assertThat(found).isEqualTo(expected ? List.of(id) : List.of());
    }

    @Test
    void readsThePrefixOfEachValueOfAList() {
        String low = fhir.store(invented.observation(patient, "1", "mg"));
        String middle = fhir.store(invented.observation(patient, "5", "mg"));
        String high = fhir.store(invented.observation(patient, "9", "mg"));

        assertThat(fhir.get("Observation?value-quantity=lt2,gt8&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactlyInAnyOrder(low, high)
                .doesNotContain(middle);
    }

    @ParameterizedTest
    @ValueSource(strings = {"1e999999999", "gt1e999999999", "1e-999999999", "1E+2000000000||mg", "5,1e99999999"})
    void refusesAbsurdNumbers(String value) {
        fhir.get("Observation?value-quantity=" + value).send().expect(400);
        fhir.get("Observation?code-value-quantity=5778-6$" + value).send().expect(400);
        fhir.get("Patient?_has:Observation:patient:value-quantity=" + value)
                .send()
                .expect(400);
        fhir.post("Observation")
                .header("If-None-Exist", "value-quantity=" + value)
                .body(invented.observation(patient))
                .send()
                .expect(400);
        fhir.put("Observation?value-quantity=" + value)
                .body(invented.observation(patient))
                .send()
                .expect(400);
    }

    @ParameterizedTest
    @ValueSource(strings = {"abc", "5.4.3", "--1", "e5", "5|", "|mg", "|||", "NaN", "Infinity", "sa5", "eb5"})
    void refusesOrFindsNothingByWhatIsNoNumber(String value) {
        assertThat(fhir.get("Observation?value-quantity=" + value).send().status())
                .as(value)
                .isIn(200, 400);
    }

    @Test
    void findsByReference() {
        String id = fhir.store(invented.observation(patient));
        String idPart = patient.substring("Patient/".length());

        assertThat(observations("subject=" + patient)).containsExactly(id);
        assertThat(observations("subject=" + idPart)).containsExactly(id);
        assertThat(observations("subject:Patient=" + idPart)).containsExactly(id);
        assertThat(observations("patient=" + patient)).containsExactly(id);
        assertThat(observations("patient=" + idPart)).containsExactly(id);
        assertThat(observations("subject=" + fhir.base() + "/" + patient)).containsExactly(id);
        assertThat(observations("subject=Group/" + idPart)).isEmpty();
        assertThat(observations("subject=Patient/nobody-has-this-id")).isEmpty();
        assertThat(observations("subject=Patient/nobody-has-this-id," + patient))
                .containsExactly(id);
        assertThat(observations("encounter:missing=true")).containsExactly(id);
        assertThat(observations("subject:missing=true")).isEmpty();
    }

    /** HAPI does not index it, so it is refused and not silently ignored. */
    @Test
    void refusesTheIdentifierOfAReference() {
        fhir.get("Observation?subject:identifier=" + invented.token("logical"))
                .send()
                .refusal(400, IssueType.INVALID);
    }

    @Test
    void findsByComposite() {
        String id = fhir.store(invented.observation(patient, "5.4", "mg"));

        assertThat(observations("code-value-quantity=http://loinc.org|5778-6$gt5|" + UCUM + "|mg"))
                .containsExactly(id);
        assertThat(observations("code-value-quantity=5778-6$5.4")).containsExactly(id);
        assertThat(observations("code-value-quantity=5778-6$lt5")).isEmpty();
        assertThat(observations("code-value-quantity=1234-5$gt5")).isEmpty();
        fhir.get("Observation?code-value-quantity=5778-6").send().expect(400);
    }

    private List<String> observations(String query) {
        return fhir.get("Observation?" + query + "&" + invented.tagged())
                .send()
                .expect(200)
                .matches();
    }
}
