// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class CompartmentApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String patient = "";
    private String observation = "";

    @BeforeEach
    void twoPatients() {
        patient = fhir.store(invented.patient("Einer"));
        String other = fhir.store(invented.patient("Andere"));
        observation = fhir.store(invented.observation(patient, "5.4", "mg"));
        fhir.store(invented.observation(other, "9", "mg"));
    }

    @Test
    void searchesWithinOnePatient() {
        Answer answer = fhir.get(patient + "/Observation").send().expect(200);

        assertThat(answer.matches()).containsExactly(observation);
        assertThat(answer.bundle().getLink("self").getUrl()).startsWith(fhir.base() + "/Observation?");
    }

    @Test
    void addsFurtherConditions() {
        assertThat(fhir.get(patient + "/Observation?code=5778-6&value-quantity=gt5&_sort=-date")
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(observation);
        assertThat(fhir.get(patient + "/Observation?code=1234-5")
                        .send()
                        .expect(200)
                        .matches())
                .isEmpty();
        assertThat(fhir.post(patient + "/Observation/_search")
                        .body("application/x-www-form-urlencoded", "code=5778-6")
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(observation);
        fhir.get(patient + "/Observation?nonsense=1").send().refusal(400, IssueType.INVALID);
    }

    @Test
    void findsWhatIsInTheCompartmentByAnyPath() {
        String appointment = fhir.store(invented.appointment(patient));

        assertThat(fhir.get(patient + "/Appointment").send().expect(200).matches())
                .containsExactly(appointment);
        assertThat(fhir.get("Appointment?patient-compartment=" + patient)
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(appointment);
    }

    @Test
    void pagesWithinTheCompartment() {
        fhir.store(invented.observation(patient));
        Answer page = fhir.get(patient + "/Observation?_count=1").send().expect(200);

        Answer next = fhir.get(page.bundle().getLink("next").getUrl()).send().expect(200);

        assertThat(next.matches()).hasSize(1).doesNotContainAnyElementsOf(page.matches());
    }

    @Test
    void saysWhatItDoesNotServe() {
        fhir.get(patient + "/*").send().refusal(400, IssueType.NOTSUPPORTED);
        fhir.get(patient + "/Medication").send().refusal(400, IssueType.NOTSUPPORTED);
        fhir.get(patient + "/Patient").send().refusal(400, IssueType.NOTSUPPORTED);
        fhir.get("Practitioner/x/Observation").send().refusal(400, IssueType.NOTSUPPORTED);
        fhir.get(patient + "/Foo").send().refusal(404, IssueType.NOTFOUND);
        fhir.delete(patient + "/Observation").send().expect(405);
        fhir.put(patient + "/Observation")
                .body(invented.observation(patient))
                .send()
                .expect(405);
        assertThat(fhir.get("Patient/nobody-has-this-id/Observation")
                        .send()
                        .expect(200)
                        .matches())
                .isEmpty();
    }
}
