// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;
import static org.iopfhir.testing.Invented.post;
import static org.iopfhir.testing.Invented.request;

import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.RelatedPerson;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** What a token of one patient, of a family member, or with a granular scope reaches, one interaction after the other. */
class NarrowingApiTest {

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();
    private final String practitioner = program.store(invented.practitioner("Fern"));
    private final String own = program.store(patientOf("Own"));
    private final String other = program.store(patientOf("Other"));
    private final String ownValue = program.store(invented.observation(own, "7.1", "mg/dL"));
    private final String othersValue = program.store(invented.observation(other, "7.1", "mg/dL"));
    private final FhirClient app = program.as(Callers.patient(id(own)));

    private Patient patientOf(String family) {
        Patient patient = invented.patient(family);
        patient.addGeneralPractitioner(new Reference(practitioner));
        return patient;
    }

    @Test
    void aPatientReadsWhatIsHisAndWhatIsNobodys() {
        app.get(own).send().expect(200);
        app.get(ownValue).send().expect(200);
        app.get(ownValue + "/_history/1").send().expect(200);
        app.get(ownValue + "/_history").send().expect(200);
        app.get(ownValue + "/$meta").send().expect(200);
        app.get(practitioner).send().expect(200);
    }

    @Test
    void whatIsAnothersIsAnsweredLikeWhatNeverWas() {
        program.delete(program.store(invented.observation(other))).send();
        String deleted = program.store(invented.observation(other));
        program.delete(deleted).send().expect(200);
        for (String path : List.of("", "/_history/1", "/_history", "/$meta")) {
            assertThat(body(app.get(othersValue + path).send().expect(404), othersValue))
                    .as(path)
                    .isEqualTo(body(app.get("Observation/never-was" + path).send(), "Observation/never-was"))
                    .isEqualTo(body(app.get(deleted + path).send().expect(404), deleted));
        }
        app.get(other + "/$everything").send().expect(404);
    }

    @Test
    void aSearchFindsAndCountsOnlyWhatIsReached() {
        assertThat(app.get("Observation?" + invented.tagged())
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(ownValue);
        assertThat(app.search("Observation?_total=accurate&" + invented.tagged())
                        .getTotal())
                .isEqualTo(1);
        assertThat(app.search("Observation?_summary=count&subject=" + own + "," + other + "&" + invented.tagged())
                        .getTotal())
                .isEqualTo(1);
        assertThat(app.get("Patient?" + invented.tagged()).send().expect(200).matches())
                .containsExactly(own);
        assertThat(app.get("Observation?subject=" + other).send().expect(200).matches())
                .isEmpty();
        assertThat(app.post("Observation/_search")
                        .body(
                                "application/x-www-form-urlencoded",
                                invented.tagged().replace("|", "%7C"))
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(ownValue);
    }

    @Test
    void aChainLeadsToNobodyElse() {
        assertThat(app.get("Observation?subject.family=Own&" + invented.tagged())
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(ownValue);
        assertThat(app.get("Observation?subject:Patient.family=Other&" + invented.tagged())
                        .send()
                        .expect(200)
                        .matches())
                .isEmpty();
        assertThat(app.get("Patient?general-practitioner:Practitioner.family=Fern&" + invented.tagged())
                        .send()
                        .expect(200)
                        .matches())
                .containsExactly(own);
        for (String query : List.of(
                "Patient?_has:Observation:subject:status=final",
                "Practitioner?_has:Patient:general-practitioner:family=Other",
                "Practitioner?_has:Patient:general-practitioner:_has:Observation:subject:status=final",
                "Observation?encounter.status=finished",
                "Communication?recipient.family=Other",
                "Observation?_sort=encounter",
                "Practitioner?_revinclude=Patient:general-practitioner",
                "Observation?_include:iterate=Observation:encounter&_include:iterate=Encounter:location",
                "Patient?_revinclude=Patient:link&_include=Patient:general-practitioner")) {
            app.get(query).send().refusal(403, IssueType.FORBIDDEN);
        }
    }

    @Test
    void whatIsIncludedIsLookedAtAndDoesNotChangeTheTotal() {
        Observation value = invented.tagged(invented.observation(own));
        value.getCode().getCodingFirstRep().setCode("2951-2");
        value.addFocus(new Reference(program.store(invented.encounter(other))));
        String sent = program.store(value);

        Bundle found = app.search(
                "Observation?code=2951-2&_include=Observation:focus&_include=Observation:subject&" + invented.tagged());

        assertThat(Answer.matches(found)).containsExactly(sent);
        assertThat(Answer.included(found)).containsExactly(own);
        assertThat(found.getTotal()).isEqualTo(1);
        assertThat(Answer.included(app.search("Patient?_revinclude=Observation:subject&" + invented.tagged())))
                .containsExactlyInAnyOrder(ownValue, sent);
    }

    @Test
    void aPatientWritesAboutHimselfOnly() {
        app.post("Observation").body(invented.observation(own)).send().expect(201);
        app.post("Observation").body(invented.observation(other)).send().refusal(403, IssueType.FORBIDDEN);
        app.put(ownValue)
                .body(named(ownValue, invented.observation(own)))
                .send()
                .refusal(403, IssueType.FORBIDDEN);
        app.delete(ownValue).send().refusal(403, IssueType.FORBIDDEN);
        app.post("Practitioner").body(invented.practitioner("X")).send().refusal(403, IssueType.FORBIDDEN);
        Observation labelled = invented.observation(own);
        labelled.getMeta().addSecurity(new Coding("http://example.org", "open", null));
        app.post("Observation").body(labelled).send().refusal(403, IssueType.FORBIDDEN);
    }

    @Test
    void aReferenceToWhatIsHiddenIsOneToWhatIsMissing() {
        String encounter = program.store(invented.encounter(other));
        Observation hidden = invented.observation(own);
        hidden.setEncounter(new Reference(encounter));
        Observation missing = invented.observation(own);
        missing.setEncounter(new Reference("Encounter/never-was"));

        assertThat(body(app.post("Observation").body(hidden).send().expect(400), encounter))
                .isEqualTo(body(app.post("Observation").body(missing).send().expect(400), "Encounter/never-was"));
    }

    @Test
    void aConditionMatchesOnlyWhatIsReached() {
        Observation condition = invented.observation(own);
        String token = invented.token("same");
        Observation others = invented.observation(other);
        others.addIdentifier().setSystem(Invented.SYSTEM).setValue(invented.tag() + "same");
        condition.setIdentifier(others.getIdentifier());
        String ifNoneExist = "identifier=" + token.replace("|", "%7C");
        program.post("Observation")
                .header("If-None-Exist", ifNoneExist)
                .body(others)
                .send()
                .expect(201);

        Answer created = app.post("Observation")
                .header("If-None-Exist", ifNoneExist)
                .body(condition)
                .send()
                .expect(201);
        Answer again = app.post("Observation")
                .header("If-None-Exist", ifNoneExist)
                .body(condition)
                .send()
                .expect(200);

        assertThat(again.location()).isEqualTo(created.location());
    }

    @Test
    void anEntryOfABundleIsAskedLikeTheSameRequestAlone() {
        Bundle batch = Invented.batch();
        request(batch, HTTPVerb.GET, othersValue);
        request(batch, HTTPVerb.GET, ownValue);
        request(batch, HTTPVerb.GET, "Patient?_has:Observation:subject:status=final");
        request(batch, HTTPVerb.DELETE, ownValue);
        request(batch, HTTPVerb.GET, "Observation?" + invented.tagged().replace("|", "%7C"));
        post(batch, Invented.placeholder(), invented.observation(other));
        post(batch, Invented.placeholder(), invented.observation(own));

        Bundle answer = app.process(batch).expect(200).bundle();

        assertThat(answer.getEntry().stream()
                        .map(entry -> entry.getResponse().getStatus().substring(0, 3)))
                .containsExactly("404", "200", "403", "403", "200", "403", "201");
        Bundle found = (Bundle) answer.getEntry().get(4).getResource();
        assertThat(Answer.matches(found)).contains(ownValue).doesNotContain(othersValue);
    }

    @Test
    void aTransactionIsRefusedWholeBeforeAnythingRuns() {
        Bundle transaction = Invented.transaction();
        Observation mine = new Invented().observation(own);
        post(transaction, Invented.placeholder(), mine);
        request(transaction, HTTPVerb.GET, "Patient?_has:Observation:subject:status=final");

        app.process(transaction).refusal(403, IssueType.FORBIDDEN);

        String tag = mine.getMeta().getTagFirstRep().getCode();
        assertThat(program.search("Observation?_tag=" + tag).getEntry()).isEmpty();
    }

    @Test
    void everythingOfOneselfIsEverythingThatIsReached() {
        Bundle record = app.get(own + "/$everything").send().expect(200).bundle();

        assertThat(record.getEntry().stream()
                        .map(entry -> entry.getResource()
                                .getIdElement()
                                .toUnqualifiedVersionless()
                                .getValue()))
                .contains(own, ownValue)
                .doesNotContain(other, othersValue);
    }

    @Test
    void aFilterOfAScopeNarrowsReadsSearchesAndWrites() {
        Observation survey = invented.observation(own);
        survey.setCategory(List.of(new CodeableConcept(
                new Coding("http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey"))));
        String surveyed = program.store(survey);
        FhirClient lab = program.as(Callers.system(
                Role.PROGRAM_SYSTEM,
                "system/Observation.cruds?category="
                        + "http://terminology.hl7.org/CodeSystem/observation-category|laboratory"));

        lab.get(ownValue).send().expect(200);
        lab.get(surveyed).send().expect(404);
        assertThat(lab.search("Observation?_total=accurate&" + invented.tagged())
                        .getTotal())
                .isEqualTo(2);
        lab.post("Observation").body(survey).send().refusal(403, IssueType.FORBIDDEN);
        lab.put(surveyed).body(named(surveyed, survey)).send().expect(404);
        lab.delete(surveyed).send().expect(404);
        lab.delete("Observation/never-was").send().expect(404);
        lab.get(own).send().refusal(403, IssueType.FORBIDDEN);
        lab.get("Observation/_history").send().refusal(403, IssueType.FORBIDDEN);
        FhirClient both = program.as(Callers.system(
                Role.PROGRAM_SYSTEM,
                "system/Observation.rs?category=laboratory system/Observation.rs?category=survey"));
        assertThat(both.search("Observation?_total=accurate&" + invented.tagged())
                        .getTotal())
                .isEqualTo(3);
        FhirClient mixed = program.as(Callers.system(
                Role.PROGRAM_SYSTEM, "system/Observation.rs?category=laboratory system/Observation.rs?status=final"));
        mixed.get("Observation").send().refusal(403, IssueType.FORBIDDEN);
        mixed.get(surveyed).send().expect(200);
    }

    @Test
    void aPatchMayNotAskWhatItMayNotRead() {
        FhirClient writer = program.as(Callers.system(Role.PROGRAM_SYSTEM, "system/Observation.cu"));
        String test = "[{\"op\":\"test\",\"path\":\"/status\",\"value\":\"final\"}]";

        writer.patch(ownValue).body("application/json-patch+json", test).send().refusal(403, IssueType.FORBIDDEN);
        app.patch(othersValue).body("application/json-patch+json", test).send().refusal(403, IssueType.FORBIDDEN);
    }

    @Test
    void whoMayNotReadIsNotShownWhatHeWrote() {
        FhirClient writer = program.as(
                Callers.system(Role.PROGRAM_SYSTEM, "system/Observation.cu system/Patient.cu system/Encounter.c"));

        Answer created = writer.post("Observation")
                .header("Prefer", "return=representation")
                .body(invented.observation(own))
                .send()
                .expect(201);
        assertThat(created.text()).isEmpty();
        Bundle transaction = Invented.transaction();
        post(transaction, Invented.placeholder(), invented.observation(own));
        Bundle answer = program.as(Callers.system(Role.PROGRAM_SYSTEM, "system/Observation.cu system/Patient.u"))
                .post("")
                .header("Prefer", "return=representation")
                .body(transaction)
                .send()
                .expect(200)
                .bundle();
        assertThat(answer.getEntryFirstRep().hasResource()).isFalse();
        assertThat(program.get("Observation?subject=" + own + "&" + invented.tagged())
                        .send()
                        .matches())
                .hasSize(3);
    }

    @Test
    void aFamilyMemberReachesThoseWhoAuthorizedHer() {
        Practitioner any = invented.practitioner("Any");
        String seen = program.store(any);
        String clinic = program.store(invented.organization("Program"));
        String relative = program.store(invented.tagged(new RelatedPerson().setPatient(new Reference(own))));
        FhirClient mother = program.as(Callers.familyMember(id(relative), id(own)));
        mother.get(own).send().expect(404);
        program.store(Consents.permit(own, clinic, relative, "PATRQT"));

        assertThat(mother.get("Patient?" + invented.tagged()).send().expect(200).matches())
                .containsExactly(own);
        mother.get(other).send().expect(404);
        mother.get(seen).send().expect(200);
        mother.get(ownValue).send().refusal(403, IssueType.FORBIDDEN);
        program.as(Callers.familyMember("mother")).get(own).send().refusal(403, IssueType.FORBIDDEN);
    }

    private static String id(String reference) {
        return reference.substring(reference.indexOf('/') + 1);
    }

    private static Observation named(String reference, Observation observation) {
        observation.setId(id(reference));
        return observation;
    }

    private static String body(Answer answer, String reference) {
        return answer.text().replace(reference, "[reference]").replace(id(reference), "[id]");
    }
}
