// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Searches over more than one resource: chains, reverse chains, includes. */
class SearchJoinApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String parent = "";
    private String clinic = "";
    private String patient = "";
    private String encounter = "";
    private String observation = "";

    @BeforeEach
    void graph() {
        parent = fhir.store(invented.organization("Dachverband Phantasia"));
        Organization house = invented.organization("Klinik Phantasia");
        house.setPartOf(new Reference(parent));
        clinic = fhir.store(house);
        Patient someone = invented.patient("Kette");
        someone.setManagingOrganization(new Reference(clinic));
        patient = fhir.store(someone);
        encounter = fhir.store(invented.encounter(patient));
        Observation value = invented.observation(patient, "5.4", "mg");
        value.setEncounter(new Reference(encounter));
        observation = fhir.store(value);
        fhir.store(invented.patient("Unbeteiligt"));
    }

    @Test
    void followsAChain() {
        assertThat(found("Observation?subject.family=Kette")).containsExactly(observation);
        assertThat(found("Observation?subject:Patient.family=Kette")).containsExactly(observation);
        assertThat(found("Observation?patient.identifier=" + invented.token("Kette")))
                .containsExactly(observation);
        assertThat(found("Observation?subject:Patient.family=Andere")).isEmpty();
        assertThat(found("Observation?subject:Patient.family:exact=Kette")).containsExactly(observation);
        assertThat(found("Observation?subject:Patient.family:contains=ett")).containsExactly(observation);
        assertThat(found("Observation?subject:Patient.gender:not=male")).containsExactly(observation);
    }

    @Test
    void followsAChainOfTwo() {
        assertThat(found("Observation?subject:Patient.organization.name=Klinik"))
                .containsExactly(observation);
        assertThat(found("Observation?subject:Patient.organization:Organization.name=Klinik"))
                .containsExactly(observation);
        assertThat(found("Observation?encounter.subject:Patient.family=Kette")).containsExactly(observation);
        assertThat(found("Observation?subject:Patient.organization.name=Praxis"))
                .isEmpty();
        assertThat(found("Observation?subject:Patient.organization.partof.name=Dach"))
                .containsExactly(observation);
    }

    @Test
    void followsAReverseChain() {
        assertThat(found("Patient?_has:Observation:patient:code=5778-6")).containsExactly(patient);
        assertThat(found("Patient?_has:Observation:subject:code=http://loinc.org|5778-6"))
                .containsExactly(patient);
        assertThat(found("Patient?_has:Observation:patient:code=1234-5")).isEmpty();
        assertThat(found("Patient?_has:Observation:patient:value-quantity=gt5")).containsExactly(patient);
        assertThat(found("Organization?_has:Patient:organization:_has:Observation:patient:code=5778-6"))
                .containsExactly(clinic);
        assertThat(found("Encounter?patient._has:Observation:patient:code=5778-6"))
                .containsExactly(encounter);
    }

    @Test
    void includesWhatMatchesReferTo() {
        Bundle bundle = fhir.search(
                "Observation?_include=Observation:subject&_include=Observation:encounter&" + invented.tagged());

        assertThat(Answer.matches(bundle)).containsExactly(observation);
        assertThat(Answer.included(bundle)).containsExactlyInAnyOrder(patient, encounter);
        Bundle typed = fhir.search("Observation?_include=Observation:subject:Patient&" + invented.tagged());
        assertThat(Answer.included(typed)).containsExactly(patient);
        Bundle other = fhir.search("Observation?_include=Observation:subject:Group&" + invented.tagged());
        assertThat(Answer.included(other)).isEmpty();
    }

    @Test
    void includesWhatRefersToMatches() {
        Bundle bundle =
                fhir.search("Patient?family=Kette&_revinclude=Observation:patient&_revinclude=Encounter:patient&"
                        + invented.tagged());

        assertThat(Answer.matches(bundle)).containsExactly(patient);
        assertThat(Answer.included(bundle)).containsExactlyInAnyOrder(observation, encounter);
    }

    @Test
    void includesStepByStep() {
        String query = "Observation?_include=Observation:subject&_include:iterate=Patient:organization";

        assertThat(Answer.included(fhir.search(query + "&" + invented.tagged())))
                .containsExactlyInAnyOrder(patient, clinic);
        assertThat(Answer.included(fhir.search(query + "&_include:iterate=Organization:partof&" + invented.tagged())))
                .containsExactlyInAnyOrder(patient, clinic, parent);
        assertThat(Answer.included(fhir.search(
                        "Observation?_include=Observation:subject&_include=Patient:organization&" + invented.tagged())))
                .containsExactly(patient);
        assertThat(Answer.included(fhir.search(
                        "Organization?name=Klinik&_revinclude=Patient:organization&_revinclude:iterate=Observation:patient&"
                                + invented.tagged())))
                .containsExactlyInAnyOrder(patient, observation);
    }

    @Test
    void countsMatchesOnlyAndPagesByThem() {
        String second = fhir.store(invented.observation(patient));
        Bundle page =
                fhir.search("Observation?_count=1&_sort=_lastUpdated&_total=accurate&_include=Observation:subject&"
                        + invented.tagged());

        assertThat(page.getTotal()).isEqualTo(2);
        assertThat(Answer.matches(page)).containsExactly(observation);
        assertThat(Answer.included(page)).containsExactly(patient);
        Bundle next = fhir.search(page.getLink("next").getUrl());
        assertThat(Answer.matches(next)).containsExactly(second);
        assertThat(Answer.included(next)).containsExactly(patient);
    }

    @Test
    void givesEachResourceOnce() {
        Encounter part = invented.encounter(patient);
        part.setPartOf(new Reference(encounter));
        fhir.store(part);

        Bundle bundle =
                fhir.search("Encounter?_include=Encounter:part-of&_include=Encounter:subject&" + invented.tagged());

        List<String> all = bundle.getEntry().stream()
                .map(entry -> entry.getResource().getIdElement().getIdPart())
                .toList();
        assertThat(all).doesNotHaveDuplicates().hasSize(3);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "_include=*",
                "_include=Observation:*",
                "_include=Observation",
                "_include=Observation:nonsense",
                "_include=Observation:code",
                "_include=Foo:bar",
                "_revinclude=*",
                "_revinclude=Observation:*",
                "_revinclude=Observation:nonsense",
                "_include:foo=Observation:subject",
                "subject.nonsense=1",
                "subject:Foo.name=1",
                "nonsense.family=1",
                "subject.organization.nonsense=1",
                "code.family=1",
                "_has=1",
                "_has:Observation=1",
                "_has:Observation:patient=1",
                "_has:Foo:patient:code=1",
                "_has:Observation:nonsense:code=1",
                "_has:Observation:patient:nonsense=1",
                "subject:Patient.=1",
                "subject..family=1",
            })
    void refusesJoinsThatCannotBe(String query) {
        fhir.get("Observation?" + query).send().expect(400);
    }

    @Test
    void refusesToIncludeEverything() {
        fhir.get("Patient?_include=*").send().refusal(400, IssueType.INVALID);
    }

    private List<String> found(String query) {
        return fhir.get(query + "&" + invented.tagged()).send().expect(200).matches();
    }
}
