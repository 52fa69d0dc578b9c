// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;

/** Requests that would change something of the other patient, or lean on it. */
final class LeakWrites {

    private final FhirClient client;
    private final Belongings mine;
    private final Belongings theirs;
    private final Map<String, String> answers = new LinkedHashMap<>();

    LeakWrites(FhirClient client, Belongings mine, Belongings theirs) {
        this.mine = mine;
        this.client = client;
        this.theirs = theirs;
    }

    /** Send them, and give back the answers by the order and name of the request. */
    Map<String, String> send() {
        return send(theirs.types());
    }

    /** The same for some types. */
    Map<String, String> send(Collection<String> types) {
        for (String type : types) {
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
        for (String target : List.of(
                theirs.id("Encounter"),
                theirs.id(type),
                "Encounter?_id=" + theirs.patientId(),
                type + "?_id=" + new IdType(theirs.id(type)).getIdPart())) {
            var own = mine.fresh(type);
            if (own instanceof DomainResource resource) {
                resource.addExtension("https://iop-fhir.org/test/names", new Reference(target));
                note("naming", client.post(type).body(resource).send());
                Bundle transaction = Invented.transaction();
                Invented.post(transaction, Invented.placeholder(), resource);
                note("naming in a transaction", client.process(transaction));
            }
        }
    }

    private void note(String what, Answer answer) {
        String body = LeakQuestions.timeless(answer.text())
                .replaceAll("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "[id]");
        answers.put(answers.size() + " " + what, answer.status() + " " + body);
    }
}
