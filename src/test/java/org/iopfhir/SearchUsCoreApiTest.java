// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.CareTeam;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Goal;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** Search by what US Core 6.1.0 and Part 2 ask for and base R4 has no parameter for. */
class SearchUsCoreApiTest {

    private static final String US_CORE = "http://hl7.org/fhir/us/core/StructureDefinition/us-core-";
    private static final String RACE = "urn:oid:2.16.840.1.113883.6.238";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void findsPatientsByRaceAndEthnicity() {
        String one = fhir.store(patient("One", "2106-3", "2186-5"));
        String other = fhir.store(patient("Other", "2054-5", "2135-2"));

        assertThat(found("Patient?race=2106-3")).containsExactly(one);
        assertThat(found("Patient?race=" + RACE + "|2054-5")).containsExactly(other);
        assertThat(found("Patient?ethnicity=2135-2")).containsExactly(other);
        assertThat(found("Patient?ethnicity=2186-5&race=2054-5")).isEmpty();
    }

    @Test
    void findsPatientsByGenderIdentity() {
        Patient patient = invented.patient("Identity");
        patient.addExtension(US_CORE + "genderIdentity", new CodeableConcept(coding("446141000124107")));
        String found = fhir.store(patient);
        fhir.store(invented.patient("Silent"));

        assertThat(found("Patient?gender-identity=446141000124107")).containsExactly(found);
    }

    @Test
    void findsConditionsByTheDayOfTheAssertion() {
        Condition condition = invented.tagged(new Condition());
        condition.setSubject(new Reference(fhir.store(invented.patient("Asserted"))));
        condition.getCode().setText("Alcohol use disorder");
        condition.addExtension(
                "http://hl7.org/fhir/StructureDefinition/condition-assertedDate", new DateTimeType("2026-08-24"));
        String found = fhir.store(condition);

        assertThat(found("Condition?asserted-date=2026-08-24")).containsExactly(found);
        assertThat(found("Condition?asserted-date=lt2026-08-24")).isEmpty();
    }

    @Test
    void findsStaysByWhereThePersonWent() {
        Encounter stay = invented.tagged(new Encounter());
        stay.setStatus(Encounter.EncounterStatus.FINISHED);
        stay.setClass_(new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", null));
        stay.setSubject(new Reference(fhir.store(invented.patient("Stay"))));
        stay.getHospitalization()
                .getDischargeDisposition()
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/discharge-disposition", "home", null));
        String found = fhir.store(stay);

        assertThat(found("Encounter?discharge-disposition=home")).containsExactly(found);
        assertThat(found("Encounter?discharge-disposition=psy")).isEmpty();
    }

    @Test
    void findsCareTeamsByTheRolesInThem() {
        String patient = fhir.store(invented.patient("Team"));
        CareTeam team = invented.tagged(new CareTeam());
        team.setSubject(new Reference(patient));
        team.addParticipant().setMember(new Reference(patient)).addRole(new CodeableConcept(coding("116154003")));
        String found = fhir.store(team);

        assertThat(found("CareTeam?role=116154003")).containsExactly(found);
        assertThat(found("CareTeam?role=106292003")).isEmpty();
    }

    @Test
    void findsGoalsByTheirCode() {
        Goal goal = invented.tagged(new Goal());
        goal.setLifecycleStatus(Goal.GoalLifecycleStatus.ACTIVE);
        goal.getDescription().addCoding(coding("300939009"));
        goal.setSubject(new Reference(fhir.store(invented.patient("Goal"))));
        String found = fhir.store(goal);

        assertThat(found("Goal?description=300939009")).containsExactly(found);
        assertThat(found("Goal?description=712542001")).isEmpty();
    }

    @Test
    void findsConsentsByTheRulesTheyAreUnder() {
        String regulation = "https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2";
        Consent consent = invented.tagged(new Consent());
        consent.setStatus(Consent.ConsentState.DRAFT);
        consent.getScope()
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/consentscope", "research", null));
        consent.addCategory().setText("Research");
        consent.setPatient(new Reference(fhir.store(invented.patient("Consent"))));
        consent.addPolicy().setUri(regulation);
        String found = fhir.store(consent);

        assertThat(found("Consent?policy-uri=" + regulation)).containsExactly(found);
        assertThat(found("Consent?policy-uri=https://example.org/other")).isEmpty();
    }

    private Patient patient(String name, String race, String ethnicity) {
        Patient patient = invented.patient(name);
        add(patient, "race", race);
        add(patient, "ethnicity", ethnicity);
        return patient;
    }

    private static void add(Patient patient, String kind, String code) {
        Extension extension = patient.addExtension().setUrl(US_CORE + kind);
        extension.addExtension("ombCategory", new Coding(RACE, code, null));
        extension.addExtension("text", new StringType(code));
    }

    private static Coding coding(String code) {
        return new Coding("http://snomed.info/sct", code, null);
    }

    private List<String> found(String query) {
        return fhir.get(query + "&" + invented.tagged()).send().expect(200).matches();
    }
}
