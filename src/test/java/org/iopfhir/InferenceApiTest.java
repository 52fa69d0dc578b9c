// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceSearchParamComponent;
import org.hl7.fhir.r4.model.IdType;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nobody can tell from any answer whether something exists that he may not see: the same requests get the same bytes,
 * apart from times, when another patient's records were never there, when they are there, and when they are deleted.
 */
class InferenceApiTest {

    private static final FhirClient PROGRAM = RunningServer.client();

    /** Entries of a batch run beside each other, each with a connection of the pool. */
    private static final int BATCH = 20;

    /** A prime, so that each kind of request is among them. */
    private static final int OTHERS_ASK_EACH = 7;

    /** All three worlds have these; the other patient's come and go. */
    private static final Belongings MINE = new Belongings("seen-" + random());

    /** What everybody may see is no secret: it is there from the start. */
    private static final Set<String> EVERYBODYS =
            RunningServer.bean(AccessPolicy.class).shared();

    /** A slot would name a schedule that is not there. */
    private static final List<String> NO_SECRET =
            EVERYBODYS.stream().filter(type -> !type.equals("Slot")).toList();

    private static final List<String> SECRET =
            MINE.types().stream().filter(type -> !EVERYBODYS.contains(type)).toList();

    private static List<CapabilityStatementRestResourceComponent> types = List.of();

    @BeforeAll
    static void store() {
        MINE.store(PROGRAM);
        CapabilityStatement statement =
                PROGRAM.get("metadata").send().expect(200).as(CapabilityStatement.class);
        types = statement.getRestFirstRep().getResource().stream()
                .filter(type -> MINE.types().contains(type.getType()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"patient", "counselor", "family-member"})
    void noReadOrSearchTellsOfAnotherPatient(String name) {
        Belongings theirs = new Belongings("hidden-" + random());
        theirs.store(PROGRAM, NO_SECRET);
        FhirClient client = PROGRAM.as(caller(name));
        List<String> asked = some(requests(theirs), name.equals("patient") ? 1 : OTHERS_ASK_EACH);

        Map<String, String> without = answers(client, asked);
        theirs.store(PROGRAM, SECRET);
        Map<String, String> with = answers(client, asked);
        theirs.delete(PROGRAM, SECRET);
        Map<String, String> deleted = answers(client, asked);

        assertThat(without).hasSizeGreaterThan(name.equals("patient") ? 2_000 : 300);
        assertThat(without.values().stream()
                        .filter(answer -> answer.startsWith("200"))
                        .count())
                .isGreaterThan(50);
        assertThat(different(without, with)).isEmpty();
        assertThat(different(without, deleted)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"patient", "counselor", "family-member"})
    void noWriteTellsOfAnotherPatient(String name) {
        Belongings theirs = new Belongings("hidden-" + random());
        theirs.store(PROGRAM, NO_SECRET);
        FhirClient client = PROGRAM.as(caller(name));

        Map<String, String> without = new Writes(client, theirs).send();
        theirs.store(PROGRAM, SECRET);
        Map<String, String> with = new Writes(client, theirs).send();
        theirs.delete(PROGRAM, SECRET);
        Map<String, String> deleted = new Writes(client, theirs).send();

        assertThat(without).hasSizeGreaterThan(300);
        assertThat(different(without, with)).isEmpty();
        assertThat(different(without, deleted)).isEmpty();
    }

    /** One of each {@code step}. */
    private static List<String> some(List<String> all, int step) {
        List<String> some = new ArrayList<>();
        for (int i = 0; i < all.size(); i += step) {
            some.add(all.get(i));
        }
        return some;
    }

    private static String random() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    private static Callers.Who caller(String name) {
        return switch (name) {
            case "patient" -> Callers.patient(MINE.patientId());
            case "family-member" -> Callers.familyMember("someone", MINE.patientId());
            default ->
                Callers.of(
                        "counselor",
                        claims -> claims.claim("scope", "patient/*.cruds")
                                .claim("fhirUser", "Practitioner/counselor")
                                .claim("patient", MINE.patientId())
                                .claim("iop_roles", List.of(Role.MEDICAL_DIRECTOR.code(), "counselor")));
        };
    }

    private static List<String> requests(Belongings theirs) {
        List<String> asked = new ArrayList<>();
        for (CapabilityStatementRestResourceComponent claims : types) {
            String type = claims.getType();
            if (Belongings.canBelong(type)) {
                String id = theirs.id(type);
                asked.addAll(List.of(id, id + "/_history", id + "/_history/1", id + "/$meta", "Patient/x/" + type));
                asked.add(theirs.patient() + "/" + type);
                asked.add(type + "?_id=" + new IdType(id).getIdPart());
                asked.add(type + "?_total=accurate");
                asked.add(type + "?_summary=count");
                asked.add(type + "?_count=1");
                asked.add(type + "?_sort=-_lastUpdated");
                asked.add(type + "/_history");
                claims.getSearchParam().forEach(parameter -> asked.addAll(searches(type, parameter, theirs)));
            }
            claims.getSearchInclude().forEach(include -> asked.add(type + "?_include=" + include.getValue()));
            claims.getSearchRevInclude().forEach(include -> {
                asked.add(type + "?_revinclude=" + include.getValue());
                String[] parts = include.getValue().split(":", -1);
                asked.add(type + "?_has:" + parts[0] + ":" + parts[1] + ":_id="
                        + new IdType(theirs.id(parts[0])).getIdPart());
            });
        }
        asked.add(theirs.patient() + "/$everything");
        asked.add(MINE.patient() + "/$everything?_count=3");
        asked.add(MINE.patient() + "/$everything");
        return asked;
    }

    private static List<String> searches(
            String type, CapabilityStatementRestResourceSearchParamComponent parameter, Belongings theirs) {
        String name = parameter.getName();
        List<String> searches = new ArrayList<>();
        if (parameter.getType().toCode().equals("reference")) {
            searches.add(type + "?" + name + "=" + theirs.patient());
            searches.add(type + "?" + name + "=" + theirs.id("Encounter"));
            searches.add(type + "?" + name + "." + "_id=" + theirs.patientId());
            searches.add(type + "?" + name + ":Patient.family=Aufzaehlung");
            searches.add(type + "?" + name + ":Encounter.status=finished");
        } else {
            searches.add(type + "?" + name + "=" + ExampleValues.of(parameter));
        }
        if (!parameter.getType().toCode().equals("composite")
                && !parameter.getType().toCode().equals("special")) {
            searches.add(type + "?_total=accurate&" + name + ":missing=false");
            searches.add(type + "?_sort=" + name);
        }
        return searches;
    }

    private static Map<String, String> answers(FhirClient client, List<String> asked) {
        Map<String, String> answers = new LinkedHashMap<>();
        for (int from = 0; from < asked.size(); from += BATCH) {
            List<String> some = asked.subList(from, Math.min(asked.size(), from + BATCH));
            Bundle batch = Invented.batch();
            some.forEach(path -> Invented.request(batch, HTTPVerb.GET, path));
            List<BundleEntryComponent> entries =
                    client.process(batch).expect(200).bundle().getEntry();
            for (int i = 0; i < some.size(); i++) {
                Bundle one = new Bundle();
                one.addEntry(entries.get(i));
                answers.put(
                        some.get(i),
                        entries.get(i).getResponse().getStatus() + " "
                                + timeless(ca.uhn.fhir.context.FhirContext.forR4Cached()
                                        .newJsonParser()
                                        .encodeResourceToString(one)));
            }
        }
        return answers;
    }

    static String timeless(String text) {
        return text.replaceAll("\"(lastUpdated|lastModified)\":\"[^\"]*\"", "")
                .replaceAll("\"id\":\"[0-9a-f-]{36}\"", "");
    }

    private static List<String> different(Map<String, String> one, Map<String, String> other) {
        List<String> different = new ArrayList<>();
        one.forEach((asked, answer) -> {
            if (!answer.equals(other.get(asked))) {
                different.add(asked + "\n  " + answer + "\n  " + other.get(asked));
            }
        });
        return different;
    }

    /** Requests that would change something of the other patient, or lean on it. */
    private static final class Writes {

        private final FhirClient client;
        private final Belongings theirs;
        private final Map<String, String> answers = new LinkedHashMap<>();

        Writes(FhirClient client, Belongings theirs) {
            this.client = client;
            this.theirs = theirs;
        }

        Map<String, String> send() {
            for (String type : theirs.types()) {
                if (Belongings.canBelong(type)) {
                    toOne(type, theirs.id(type));
                    byCondition(type);
                    withReference(type);
                }
            }
            return answers;
        }

        private void toOne(String type, String id) {
            String test = "[{\"op\":\"test\",\"path\":\"/resourceType\",\"value\":\"" + type + "\"}]";
            note(type + " put", client.put(id).body(theirs.of(type)).send());
            note(
                    type + " put",
                    client.put(id)
                            .header("If-Match", "W/\"1\"")
                            .body(theirs.of(type))
                            .send());
            note(
                    type + " patch",
                    client.patch(id).body("application/json-patch+json", test).send());
            note(type + " delete", client.delete(id).send());
            note(
                    type + " validate",
                    client.post(type + "/$validate").body(theirs.of(type)).send());
            Bundle batch = Invented.batch();
            Invented.put(batch, id, theirs.of(type));
            Invented.request(batch, HTTPVerb.DELETE, id);
            note(type + " batch", client.process(batch));
        }

        private void byCondition(String type) {
            String condition = "?_id=" + new IdType(theirs.id(type)).getIdPart();
            note("delete by condition", client.delete(type + condition).send());
            String test = "[{\"op\":\"test\",\"path\":\"/resourceType\",\"value\":\"" + type + "\"}]";
            note(
                    "patch by condition",
                    client.patch(type + condition)
                            .body("application/json-patch+json", test)
                            .send());
            note(
                    "put by condition",
                    client.put(type + condition).body(theirs.fresh(type)).send());
            note(
                    "create by condition",
                    client.post(type)
                            .header("If-None-Exist", condition.substring(1))
                            .body(theirs.fresh(type))
                            .send());
        }

        /** What is the caller's own, and names in an extension something that is not. */
        private void withReference(String type) {
            for (String target : List.of(theirs.id("Encounter"), "Encounter?_id=" + theirs.patientId())) {
                var own = MINE.fresh(type);
                if (own instanceof org.hl7.fhir.r4.model.DomainResource resource) {
                    resource.addExtension(
                            "https://iop-fhir.org/test/names", new org.hl7.fhir.r4.model.Reference(target));
                    note("naming", client.post(type).body(resource).send());
                    Bundle transaction = Invented.transaction();
                    Invented.post(transaction, Invented.placeholder(), resource);
                    note("naming in a transaction", client.process(transaction));
                }
            }
        }

        private void note(String what, Answer answer) {
            String body = timeless(answer.text())
                    .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]");
            answers.put(answers.size() + " " + what, answer.status() + " " + body);
        }
    }
}
