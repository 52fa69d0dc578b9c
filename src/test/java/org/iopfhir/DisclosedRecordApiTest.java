// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.RelatedArtifact;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes with each record that leaves the program, 42 CFR 2.32, and to whom it goes without a consent, 2.12 and 2.23. */
class DisclosedRecordApiTest {

    private static final String DS4P = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/";
    private static final String STATEMENT = "42 CFR part 2 prohibits unauthorized use or disclosure of these records.";

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private FhirClient hospital;
    private String patient;
    private String observation;
    private String consent;

    @BeforeEach
    void store() {
        String clinic = program.store(invented.organization("Program"));
        String recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Weitergabe"));
        observation = program.store(invented.observation(patient));
        consent = program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    @Test
    void eachCarriesTheStatementWordForWordAndTheConsentByEveryRoute() {
        List<String> routes = List.of(
                observation,
                observation + "/_history/1",
                observation + "/_history",
                observation + "?_elements=status",
                "Observation?_include=Observation:subject&" + invented.tagged(),
                "Observation?_summary=true&" + invented.tagged(),
                patient + "/$everything",
                patient + "/Observation");

        for (String route : routes) {
            Resource answer = hospital.get(route).send().expect(200).resource();
            assertThat(disclosed(answer)).as(route).isNotEmpty().allSatisfy(this::isMarked);
        }
    }

    @Test
    void eachOfManyCarriesItInEveryForm() {
        for (int i = 0; i < 12; i++) {
            program.store(invented.observation(patient, "6." + i, "mg/dL"));
        }
        String all = "Observation?patient=" + patient + "&_sort=_id&_include=Observation:subject";
        Resource plain = hospital.get(all).send().expect(200).resource();

        assertThat(disclosed(plain)).hasSize(14).allSatisfy(this::isMarked);
        for (String form : List.of("&_pretty=true", "&_format=xml")) {
            List<Resource> same =
                    disclosed(hospital.get(all + form).send().expect(200).resource());
            assertThat(same)
                    .as(form)
                    .zipSatisfy(
                            disclosed(plain),
                            (one, other) -> assertThat(one.equalsDeep(other)).isTrue());
        }
        assertThat(disclosed(hospital.get(all + "&_elements=status").send().resource()))
                .hasSize(14)
                .allSatisfy(this::isMarked);
    }

    @Test
    void eachOfABatchDoesToo() {
        Bundle batch = Invented.batch();
        Invented.request(batch, HTTPVerb.GET, observation);
        Invented.request(batch, HTTPVerb.GET, "Observation?" + invented.tagged());

        assertThat(disclosed(hospital.process(batch).expect(200).resource()))
                .hasSize(2)
                .allSatisfy(this::isMarked);
    }

    @Test
    void whatStaysInTheProgramOrGoesToThePatientHasNoMark() {
        FhirClient self = program.as(Callers.patient(patient.substring("Patient/".length())));

        for (FhirClient reader : List.of(program, self)) {
            Resource read = reader.get(observation).send().expect(200).resource();
            assertThat(read.getMeta().getSecurity())
                    .extracting(Coding::getCode)
                    .contains("42CFRPart2")
                    .doesNotContain("RedisclosureProhibitionMark");
        }
    }

    @Test
    void aQualifiedServiceOrganizationNeedsNoConsent() {
        try (RunningServer server = RunningServer.start("--iop.part2.service-organizations=billing-service")) {
            FhirClient here = server.fhir();
            for (String id : List.of("billing-service", "somebody-else")) {
                Organization organization = invented.organization(id);
                organization.setId("Organization/" + id);
                here.put("Organization/" + id).body(organization).send().expect(201);
            }
            String record = here.store(invented.observation(here.store(invented.patient("Dienst"))));

            here.as(Callers.partner("Organization/billing-service", "HPAYMT"))
                    .get(record)
                    .send()
                    .expect(200);
            here.as(Callers.partner("Organization/somebody-else", "HPAYMT"))
                    .get(record)
                    .send()
                    .expect(404);
        }
    }

    private static List<Resource> disclosed(Resource answer) {
        if (!(answer instanceof Bundle bundle)) {
            return List.of(answer);
        }
        List<Resource> all = new ArrayList<>();
        bundle.getEntry().stream()
                .filter(Bundle.BundleEntryComponent::hasResource)
                .filter(entry -> !(entry.getResource() instanceof Organization))
                .forEach(entry -> all.addAll(disclosed(entry.getResource())));
        return all;
    }

    private void isMarked(Resource resource) {
        assertThat(resource.getMeta().getExtensionsByUrl(DS4P + "extension-display"))
                .extracting(said -> ((Annotation) said.getValue()).getText())
                .containsExactly(STATEMENT);
        Coding mark = resource.getMeta()
                .getSecurity("http://terminology.hl7.org/CodeSystem/v3-ActCode", "RedisclosureProhibitionMark");
        Extension basis = mark.getExtensionByUrl(DS4P + "extension-sec-label-related-artifact");
        assertThat(((RelatedArtifact) basis.getValue()).getResource()).endsWith("/" + consent);
    }
}
