// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Narrative;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BundleApiTest {

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void resolvesReferencesWhateverTheOrder() {
        Bundle bundle = Invented.transaction();
        String patient = Invented.placeholder();
        Invented.post(bundle, Invented.placeholder(), invented.observation(patient));
        Invented.post(bundle, patient, invented.patient("Zuletzt"));

        Bundle answer = fhir.process(bundle).expect(200).bundle();

        assertThat(answer.getType()).isEqualTo(BundleType.TRANSACTIONRESPONSE);
        assertThat(answer.getEntry())
                .extracting(entry -> entry.getResponse().getStatus())
                .allMatch(s -> s.startsWith("201"));
        assertThat(answer.getEntryFirstRep().getResponse().getEtag()).isEqualTo("W/\"1\"");
        assertThat(answer.getEntryFirstRep().getResponse().hasLastModified()).isTrue();
        assertThat(subject(answer, 0)).isEqualTo(location(answer, 1));
    }

    @Test
    void resolvesReferencesToUrlsOfNewResources() {
        Bundle bundle = Invented.transaction();
        String url = "http://ehr.example.org/fhir/Patient/" + invented.tag();
        Invented.post(bundle, url, invented.patient("Anderswo"));
        Invented.post(bundle, Invented.placeholder(), invented.observation(url));
        Invented.post(
                bundle, "http://ehr.example.org/fhir/Observation/1", invented.observation("Patient/" + invented.tag()));

        Bundle answer = fhir.process(bundle).expect(200).bundle();

        assertThat(subject(answer, 1)).isEqualTo(location(answer, 0));
        assertThat(subject(answer, 2)).isEqualTo(location(answer, 0));
    }

    @Test
    void resolvesPlaceholdersInNarratives() {
        Bundle bundle = Invented.transaction();
        String patient = Invented.placeholder();
        Observation observation = invented.observation(patient);
        observation.getText().setStatus(Narrative.NarrativeStatus.GENERATED);
        observation.getText().setDivAsString("<div><a href=\"" + patient + "\">his</a> value</div>");
        Invented.post(bundle, patient, invented.patient("Erzaehlt"));
        Invented.post(bundle, Invented.placeholder(), observation);

        Bundle answer = fhir.process(bundle).expect(200).bundle();

        String narrative = fhir.get(location(answer, 1))
                .send()
                .as(Observation.class)
                .getText()
                .getDivAsString();
        assertThat(narrative).contains("href=\"" + location(answer, 0) + "\"").doesNotContain("urn:uuid");
    }

    @Test
    void writesNothingWhenTheLastEntryFails() {
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Eins"));
        Invented.post(bundle, Invented.placeholder(), invented.patient("Zwei"));
        Invented.post(bundle, Invented.placeholder(), invented.observation("Patient/nobody-has-this-id"));

        fhir.process(bundle).expect(400).as(OperationOutcome.class);

        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Foo/1",
                "Patient?nonsense=1",
                "Patient/1/$nonsense",
                "Patient/x/Foo",
                "Patient?_offset=-1",
                "$x",
                "http://[/"
            })
    void writesNothingWhenAReadOfTheTransactionCannotBeUnderstood(String url) {
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Eins"));
        Invented.request(bundle, HTTPVerb.GET, url);

        Answer answer = fhir.process(bundle);

        assertThat(answer.status()).as(answer.text()).isIn(400, 404);
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).isEmpty();
    }

    @Test
    void doesEveryInteractionInOneTransaction() {
        String updated = fhir.store(invented.patient("Vorher"));
        String deleted = fhir.store(invented.patient("Weg"));
        String patched = fhir.store(invented.patient("Flick"));
        Patient after = invented.patient("Nachher");
        after.setId(updated);
        Bundle bundle = Invented.transaction();
        Invented.request(bundle, HTTPVerb.GET, updated);
        Invented.request(bundle, HTTPVerb.GET, "Patient?" + invented.tagged().replace("|", "%7C") + "&family=Nachher");
        Invented.post(bundle, Invented.placeholder(), invented.patient("Neu"));
        Invented.put(bundle, updated, after);
        Invented.request(bundle, HTTPVerb.DELETE, deleted);
        BundleEntryComponent patch = Invented.request(bundle, HTTPVerb.PATCH, patched);
        patch.setResource(new Binary()
                .setContentType("application/json-patch+json")
                .setData("[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]"
                        .getBytes(java.nio.charset.StandardCharsets.UTF_8)));

        Bundle answer = fhir.process(bundle).expect(200).bundle();

        assertThat(answer.getEntry())
                .extracting(entry -> entry.getResponse().getStatus().substring(0, 3))
                .containsExactly("200", "200", "201", "200", "204", "200");
        assertThat(((Patient) answer.getEntry().get(0).getResource())
                        .getNameFirstRep()
                        .getFamily())
                .isEqualTo("Nachher");
        assertThat(((Bundle) answer.getEntry().get(1).getResource()).getEntry()).hasSize(1);
        fhir.get(deleted).send().expect(410);
        assertThat(fhir.get(patched).send().as(Patient.class).getActive()).isTrue();
    }

    @Test
    void followsConditionsInATransaction() {
        String known = fhir.store(invented.patient("Bekannt"));
        Bundle bundle = Invented.transaction();
        String placeholder = Invented.placeholder();
        Invented.post(bundle, placeholder, invented.patient("Bekannt"))
                .getRequest()
                .setIfNoneExist("identifier=" + invented.token("Bekannt"));
        Invented.post(bundle, Invented.placeholder(), invented.observation(placeholder));

        Bundle answer = fhir.process(bundle).expect(200).bundle();

        assertThat(answer.getEntryFirstRep().getResponse().getStatus()).startsWith("200");
        assertThat(subject(answer, 1)).isEqualTo(known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"PUT", "PATCH", "DELETE"})
    void refusesAStaleVersionInATransaction(String verb) {
        String id = fhir.store(invented.patient("Eins"));
        Patient changed = invented.patient("Zwei");
        changed.setId(id);
        fhir.put(id).body(changed).send().expect(200);
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Neu"));
        BundleEntryComponent entry = Invented.request(bundle, HTTPVerb.fromCode(verb), id);
        entry.getRequest().setIfMatch("W/\"1\"");
        if (verb.equals("PUT")) {
            Patient third = invented.patient("Drei");
            third.setId(id);
            entry.setResource(third);
        } else if (verb.equals("PATCH")) {
            entry.setResource(new Binary()
                    .setContentType("application/json-patch+json")
                    .setData("[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]"
                            .getBytes(java.nio.charset.StandardCharsets.UTF_8)));
        }

        fhir.process(bundle).expect(412);

        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
        assertThat(fhir.get(id).send().header("ETag")).isEqualTo("W/\"2\"");
    }

    @Test
    void refusesTwoWritesOfOneResourceInATransaction() {
        String id = "Patient/ehr-" + invented.tag();
        Bundle bundle = Invented.transaction();
        Patient first = invented.patient("Eins");
        first.setId(id);
        Patient second = invented.patient("Zwei");
        second.setId(id);
        Invented.put(bundle, id, first);
        Invented.put(bundle, id, second);

        fhir.process(bundle).expect(400);

        fhir.get(id).send().expect(404);
    }

    @Test
    void answersEachEntryOfABatchAlone() {
        String known = fhir.store(invented.patient("Da"));
        Bundle bundle = Invented.batch();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Neu"));
        bundle.addEntry().setResource(invented.patient("OhneAuftrag"));
        Invented.request(bundle, HTTPVerb.GET, known);
        Invented.request(bundle, HTTPVerb.GET, "Patient/nobody-has-this-id");
        Invented.request(bundle, HTTPVerb.GET, "Foo/1");
        Invented.post(bundle, Invented.placeholder(), invented.observation("Patient/nobody-has-this-id"));
        Invented.request(bundle, HTTPVerb.GET, "Observation?nonsense=1");
        Invented.request(bundle, HTTPVerb.DELETE, known).getRequest().setIfMatch("W/\"7\"");
        Invented.request(bundle, HTTPVerb.GET, known + "/Observation?_count=5");

        Answer whole = fhir.process(bundle).expect(200);
        Bundle answer = whole.bundle();

        assertThat(answer.getType()).isEqualTo(BundleType.BATCHRESPONSE);
        assertThat(answer.getEntry())
                .extracting(entry -> entry.getResponse().getStatus().substring(0, 3))
                .containsExactly("201", "400", "200", "404", "404", "400", "400", "412", "200");
        assertThat(answer.getEntry().get(1).getResponse().getOutcome()).isInstanceOf(OperationOutcome.class);
        assertThat(whole.text()).doesNotContain("HAPI-").doesNotContain("Exception");
    }

    @ParameterizedTest
    @ValueSource(strings = {"searchset", "collection", "document", "message", "history", "batch-response"})
    void refusesABundleThatAsksForNothing(String type) {
        Bundle bundle = new Bundle().setType(BundleType.fromCode(type));
        Invented.post(bundle, Invented.placeholder(), invented.patient("Nein"));

        fhir.process(bundle).expect(400);

        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).isEmpty();
    }

    @Test
    void refusesBrokenEntriesOfATransaction() {
        refuses(bundle -> bundle.addEntry().setResource(invented.patient("OhneAuftrag")));
        refuses(bundle ->
                bundle.addEntry().getRequest().setMethod(HTTPVerb.POST).setUrl("Patient"));
        refuses(bundle -> bundle.addEntry().getRequest().setMethod(HTTPVerb.DELETE));
        refuses(bundle -> bundle.addEntry().getRequest().setUrl("Patient/1"));
        refuses(bundle -> Invented.request(bundle, HTTPVerb.HEAD, "Patient/1"));
        refuses(bundle -> Invented.request(bundle, HTTPVerb.DELETE, "Foo/1"));
        refuses(bundle -> Invented.request(bundle, HTTPVerb.DELETE, "Patient"));
        refuses(bundle -> Invented.request(bundle, HTTPVerb.DELETE, "$x"));
        refuses(bundle -> Invented.put(bundle, "Patient/a/b/c", invented.patient("Pfad")));
        refuses(bundle -> Invented.put(bundle, "Observation/ehr-1", invented.patient("Typ")));
        refuses(bundle -> Invented.put(bundle, "Patient?nonsense=1", invented.patient("Frage")));
        refuses(bundle -> Invented.post(bundle, Invented.placeholder(), invented.patient("Frage"))
                .getRequest()
                .setIfNoneExist("birthdate=tomorrow"));
        refuses(bundle -> Invented.post(bundle, Invented.placeholder(), invented.observation(Invented.placeholder())));
        refuses(bundle -> Invented.put(bundle, "Patient/12345", invented.patient("Zahl")));
        refuses(bundle -> Invented.post(bundle, Invented.placeholder(), new org.hl7.fhir.r4.model.Substance()));
    }

    @Test
    void acceptsAnEmptyBundle() {
        fhir.process(Invented.batch()).expect(200);
        fhir.process(Invented.transaction()).expect(200);
    }

    private void refuses(java.util.function.Consumer<Bundle> broken) {
        Bundle bundle = Invented.transaction();
        Invented.post(bundle, Invented.placeholder(), invented.patient("Davor"));
        broken.accept(bundle);

        Answer answer = fhir.process(bundle);

        assertThat(answer.status()).as(answer.text()).isIn(400, 404, 412, 422);
        assertThat(fhir.search("Patient?" + invented.tagged()).getEntry()).isEmpty();
    }

    private static String location(Bundle answer, int entry) {
        return new IdType(answer.getEntry().get(entry).getResponse().getLocation())
                .toUnqualifiedVersionless()
                .getValue();
    }

    private String subject(Bundle answer, int entry) {
        return fhir.get(location(answer, entry))
                .send()
                .as(Observation.class)
                .getSubject()
                .getReference();
    }
}
