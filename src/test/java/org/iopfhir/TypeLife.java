// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.ConditionalReadStatus;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;

/** One resource of a type, from its creation to its deletion, through every interaction that is claimed. */
final class TypeLife {

    private final FhirClient fhir;
    private final CapabilityStatementRestResourceComponent claims;
    private final String type;
    private final boolean changes;
    private final Invented invented = new Invented();
    private final List<String> failures = new ArrayList<>();

    TypeLife(FhirClient fhir, CapabilityStatementRestResourceComponent claims) {
        this.fhir = fhir;
        this.claims = claims;
        this.type = claims.getType();
        this.changes = !type.equals("AuditEvent");
    }

    List<String> live() {
        List<TypeRestfulInteraction> expected = new ArrayList<>(List.of(
                TypeRestfulInteraction.READ,
                TypeRestfulInteraction.VREAD,
                TypeRestfulInteraction.CREATE,
                TypeRestfulInteraction.HISTORYINSTANCE,
                TypeRestfulInteraction.HISTORYTYPE,
                TypeRestfulInteraction.SEARCHTYPE));
        if (changes) {
            expected.addAll(List.of(
                    TypeRestfulInteraction.UPDATE, TypeRestfulInteraction.PATCH, TypeRestfulInteraction.DELETE));
        }
        assertThat(claims.getInteraction().stream().map(i -> i.getCode()))
                .as(type)
                .containsExactlyInAnyOrderElementsOf(expected);
        assertThat(claims.getConditionalCreate()).as(type).isTrue();
        assertThat(claims.getConditionalUpdate() && claims.getUpdateCreate())
                .as(type)
                .isEqualTo(changes);
        Answer created =
                expect("create", 201, fhir.post(type).body(resource("en")).send());
        if (created.status() == 201) {
            read(created.location());
            if (changes) {
                write(created.location());
                byCondition();
            }
        }
        return failures;
    }

    /** The life of what is created, read, and never changed. */
    List<String> liveUnchanged() {
        assertThat(claims.getInteraction().stream().map(i -> i.getCode()))
                .as(type)
                .containsExactlyInAnyOrder(
                        TypeRestfulInteraction.READ,
                        TypeRestfulInteraction.VREAD,
                        TypeRestfulInteraction.CREATE,
                        TypeRestfulInteraction.HISTORYINSTANCE,
                        TypeRestfulInteraction.SEARCHTYPE);
        assertThat(claims.getConditionalCreate() || claims.getConditionalUpdate() || claims.getUpdateCreate())
                .as(type)
                .isFalse();
        String id = expect("create", 201, fhir.post(type).body(resource("en")).send())
                .location();
        expect("read", 200, fhir.get(id).send());
        expect("vread", 200, fhir.get(id + "/_history/1").send());
        expect("history", 200, fhir.get(id + "/_history").send());
        conditionalReads(id);
        expect(
                "search",
                200,
                fhir.get(type + "?_id=" + id.substring(id.indexOf('/') + 1)).send());
        expect("history of type", 400, fhir.get(type + "/_history").send());
        expect("update", 405, fhir.put(id).body(resource("fr")).send());
        expect("delete", 405, fhir.delete(id).send());
        return failures;
    }

    private void read(String id) {
        expect("read", 200, fhir.get(id).send());
        expect("vread", 200, fhir.get(id + "/_history/1").send());
        expect("search", 200, fhir.get(type + "?" + invented.tagged()).send());
        expect("history of type", 200, fhir.get(type + "/_history?_count=1").send());
        conditionalReads(id);
    }

    private void conditionalReads(String id) {
        Answer again = fhir.get(id).header("If-None-Match", "W/\"1\"").send();
        expect("conditional read", 304, again);
        if (claims.getConditionalRead() == ConditionalReadStatus.FULLSUPPORT) {
            String time = fhir.get(id).send().header("Last-Modified");
            Answer since = fhir.get(id).header("If-Modified-Since", time).send();
            expect("read if modified", 304, since);
        }
    }

    private void write(String id) {
        Resource changed = resource("fr");
        changed.setId(id);
        Answer updated =
                fhir.put(id).header("If-Match", "W/\"1\"").body(changed).send();
        expect("update", 200, updated);
        String patch = "[{\"op\":\"replace\",\"path\":\"/language\",\"value\":\"es\"}]";
        expect(
                "patch",
                200,
                fhir.patch(id).body("application/json-patch+json", patch).send());
        Answer history = expect("history", 200, fhir.get(id + "/_history").send());
        if (history.status() == 200 && history.bundle().getEntry().size() != 3) {
            failures.add(type + " history of " + history.bundle().getEntry().size());
        }
        expect("delete", 200, fhir.delete(id).send());
        expect("read after delete", 410, fhir.get(id).send());
    }

    private void byCondition() {
        String condition = invented.tagged();
        String own = type + "/own-" + invented.tag();
        Resource named = resource("en");
        named.setId(own);
        expect("update as create", 201, fhir.put(own).body(named).send());
        Answer twice = fhir.post(type)
                .header("If-None-Exist", condition)
                .body(resource("en"))
                .send();
        expect("conditional create", 200, twice);
        expect(
                "conditional update",
                200,
                fhir.put(type + "?" + condition).body(resource("it")).send());
        expect("conditional delete", 200, fhir.delete(type + "?" + condition).send());
        expect("read after conditional delete", 410, fhir.get(own).send());
    }

    private Resource resource(String language) {
        Resource resource = invented.tagged(OneOfEachType.example(type).copy());
        resource.setId((String) null);
        resource.setLanguage(language);
        if (resource instanceof DomainResource whole) {
            whole.setText(null);
        }
        return resource;
    }

    private Answer expect(String what, int status, Answer answer) {
        if (answer.status() != status) {
            failures.add(type + " " + what + ": " + answer.status() + " " + answer.text());
        }
        return answer;
    }
}
