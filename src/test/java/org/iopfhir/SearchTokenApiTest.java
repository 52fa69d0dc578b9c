// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Enumerations.AdministrativeGender;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SearchTokenApiTest {

    private static final String TYPES = "http://terminology.hl7.org/CodeSystem/v2-0203";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    private String she = "";
    private String he = "";

    @BeforeEach
    void patients() {
        Patient first = invented.patient("Frau");
        first.setActive(true);
        Identifier record = first.addIdentifier().setSystem("urn:example:mrn").setValue(invented.tag() + "mrn");
        record.getType().addCoding(new Coding(TYPES, "MR", "Medical record number"));
        she = fhir.store(first);
        Patient second = invented.patient("Mann");
        second.setGender(AdministrativeGender.MALE);
        second.addIdentifier().setValue(invented.tag() + "bare");
        he = fhir.store(second);
    }

    @Test
    void findsByCodeWithAndWithoutSystem() {
        assertThat(found("identifier=" + invented.token("Frau"))).containsExactly(she);
        assertThat(found("identifier=" + invented.tag() + "Frau")).containsExactly(she);
        assertThat(found("identifier=|" + invented.tag() + "bare")).containsExactly(he);
        assertThat(found("identifier=|" + invented.tag() + "Frau")).isEmpty();
        assertThat(found("identifier=urn:example:mrn|")).containsExactly(she);
        assertThat(found("identifier=urn:example:other|" + invented.tag() + "mrn"))
                .isEmpty();
    }

    @Test
    void findsAnyOfAListAndAllOfRepetitions() {
        assertThat(found("gender=female,male")).containsExactlyInAnyOrder(she, he);
        assertThat(found("gender=female&gender=male")).isEmpty();
        assertThat(found("identifier=" + invented.token("Frau") + "," + invented.token("Mann")))
                .containsExactlyInAnyOrder(she, he);
    }

    @Test
    void findsByBoolean() {
        assertThat(found("active=true")).containsExactly(she);
        assertThat(found("active=false")).isEmpty();
    }

    @Test
    void findsAllBut() {
        assertThat(found("gender:not=female")).containsExactly(he);
        assertThat(found("active:not=true")).containsExactly(he);
        assertThat(found("gender:not=female,male")).isEmpty();
    }

    @Test
    void findsWhatIsMissing() {
        assertThat(found("active:missing=true")).containsExactly(he);
        assertThat(found("active:missing=false")).containsExactly(she);
    }

    @Test
    void findsByTypeOfIdentifier() {
        assertThat(found("identifier:of-type=" + TYPES + "|MR|" + invented.tag() + "mrn"))
                .containsExactly(she);
        assertThat(found("identifier:of-type=" + TYPES + "|DL|" + invented.tag() + "mrn"))
                .isEmpty();
    }

    @Test
    void findsByTheTextOfACode() {
        Observation observation = invented.observation(she);
        observation.getCode().setText("Hue of the specimen");
        String id = fhir.store(observation);

        assertThat(fhir.get("Observation?code:text=Hue&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(id);
        assertThat(fhir.get("Observation?code:text=Color&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(id);
        assertThat(fhir.get("Observation?code:text=Weight&" + invented.tagged())
                        .send()
                        .matches())
                .isEmpty();
    }

    @Test
    void findsByCodeOfAConcept() {
        String id = fhir.store(invented.observation(she));

        assertThat(fhir.get("Observation?code=http://loinc.org|5778-6&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(id);
        assertThat(fhir.get("Observation?code=5778-6&status=final&" + invented.tagged())
                        .send()
                        .matches())
                .containsExactly(id);
        assertThat(fhir.get("Observation?status:not=final&" + invented.tagged())
                        .send()
                        .matches())
                .isEmpty();
    }

    @Test
    void findsByIdsAndMeta() {
        String id = she.substring("Patient/".length());

        assertThat(found("_id=" + id)).containsExactly(she);
        assertThat(found("_id=" + id + "," + he.substring("Patient/".length()))).containsExactlyInAnyOrder(she, he);
        assertThat(found("_id=nobody-has-this-id")).isEmpty();
        assertThat(found("_tag:not=" + Invented.SYSTEM + "|" + invented.tag())).isEmpty();
        Patient labelled = invented.patient("Profil");
        labelled.getMeta()
                .addSecurity(new Coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "V", null));
        labelled.getMeta().setSource("urn:example:source:" + invented.tag());
        String third = fhir.store(labelled);
        assertThat(found("_security=http://terminology.hl7.org/CodeSystem/v3-Confidentiality|V"))
                .containsExactly(third);
        assertThat(found("_source=urn:example:source:" + invented.tag())).containsExactly(third);
    }

    @Test
    void findsByLanguage() {
        Patient german = invented.patient("Sprache");
        german.setLanguage("de");
        String id = fhir.store(german);

        assertThat(found("_language=de")).containsExactly(id);
        assertThat(found("_language=fr")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Patient?gender:foo=female",
                "Patient?gender:exact=female",
                "Patient?gender:contains=fem",
                "Patient?gender:nickname=x",
                "Patient?gender.name=x",
                "Patient?gender:above=female",
                "Patient?active:missing=perhaps",
                "Patient?birthdate:exact=1980",
                "Patient?family:not=x",
                "Patient?family:text=x",
                "Patient?identifier:of-type=MR",
                "Patient?organization:foo=1",
                "Patient?_id:foo=1",
                "Patient?_tag:foo=1",
                "Patient?_language:below=de",
                "Patient?nonsense=1",
                "Location?near=1",
                "Observation?value-quantity=|mg",
                "Observation?value-quantity:exact=5",
                "Observation?code-value-string=a$",
                "Observation?combo-code-value-quantity:Patient=a$1",
                "Observation?combo-code-value-quantity:missing=true",
                "Patient?_has:Observation:patient:code-value-string=a",
                "Patient?_has:Observation:patient:code:exact=a",
                "Observation?subject:Patient.gender:exact=female",
                "Observation?patient.birthdate:contains=1",
            })
    void refusesWhatItCannotMean(String query) {
        fhir.get(query).send().expect(400);
        fhir.put(query)
                .body(FhirClient.JSON, "{\"resourceType\":\"" + query.replaceAll("\\?.*", "") + "\"}")
                .send()
                .expect(400);
    }

    private java.util.List<String> found(String query) {
        return fhir.get("Patient?" + query + "&" + invented.tagged())
                .send()
                .expect(200)
                .matches();
    }
}
