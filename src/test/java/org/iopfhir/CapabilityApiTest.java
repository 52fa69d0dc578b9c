// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceSearchParamComponent;
import org.hl7.fhir.r4.model.CapabilityStatement.ConditionalReadStatus;
import org.hl7.fhir.r4.model.CapabilityStatement.ReferenceHandlingPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Calls everything that the CapabilityStatement claims, and much that it does not. */
class CapabilityApiTest {

    private static final FhirClient FHIR = RunningServer.client();

    /** So many GETs in one batch, and includes in one search (the server takes 40 conditions). */
    private static final int BATCH = 100;

    private static final int INCLUDES = 30;

    private static final Map<String, String> BY_TYPE = Map.of(
            "token", "https://example.org/codes|a",
            "string", "a",
            "uri", "https://example.org/a",
            "date", "2026-03-04",
            "quantity", "5",
            "number", "5",
            "reference", "none",
            "special", "42.25|-83.69|10|km");

    private static final Map<String, String> COMPOSITE = Map.ofEntries(
            Map.entry("code-value-concept", "a$b"),
            Map.entry("code-value-date", "a$2026-03-04"),
            Map.entry("code-value-quantity", "a$5"),
            Map.entry("code-value-string", "a$b"),
            Map.entry("combo-code-value-concept", "a$b"),
            Map.entry("combo-code-value-quantity", "a$5"),
            Map.entry("component-code-value-concept", "a$b"),
            Map.entry("component-code-value-quantity", "a$5"),
            Map.entry("characteristic-value", "a$b"));

    /** How each operation is called; {@code *} is any type, {@code %s} a stored instance of it. */
    private static final Map<String, List<String>> OPERATIONS = Map.of(
            "*/meta", List.of("%s/$meta"),
            "Patient/everything", List.of("%s/$everything"),
            "ValueSet/expand",
                    List.of(
                            "ValueSet/iop-phase/$expand",
                            "ValueSet/$expand?url=https://iop-fhir.org/fhir/ValueSet/iop-phase"),
            "ValueSet/validate-code",
                    List.of("ValueSet/iop-phase/$validate-code?code=intensive"
                            + "&system=https://iop-fhir.org/fhir/CodeSystem/iop-phase"),
            "CodeSystem/lookup",
                    List.of("CodeSystem/$lookup?code=intensive"
                            + "&system=https://iop-fhir.org/fhir/CodeSystem/iop-phase"),
            "CodeSystem/validate-code",
                    List.of("CodeSystem/$validate-code?code=intensive"
                            + "&url=https://iop-fhir.org/fhir/CodeSystem/iop-phase"),
            "ConceptMap/translate",
                    List.of("ConceptMap/$translate?code=2.1"
                            + "&system=https://iop-fhir.org/fhir/CodeSystem/asam-level-of-care-3"));

    private static final List<Resource> INVENTORY = inventory();

    private static CapabilityStatement statement = new CapabilityStatement();
    private static List<CapabilityStatementRestResourceComponent> served = List.of();

    /** What the resource of each type is stored as, to be searched and operated upon. */
    private static final Map<String, String> STORED = new TreeMap<>();

    @BeforeAll
    static void ask() {
        statement = FHIR.get("metadata").send().expect(200).as(CapabilityStatement.class);
        served = statement.getRestFirstRep().getResource();
        for (Resource resource : INVENTORY) {
            String type = resource.fhirType();
            Resource copy = resource.copy();
            copy.setId("capability-" + type.toLowerCase(java.util.Locale.ROOT));
            String id = type + "/" + copy.getIdPart();
            assertThat(FHIR.put(id).body(copy).send().status()).as(id).isIn(200, 201);
            STORED.put(type, id);
        }
    }

    @Test
    void saysWhereAndWhatItIs() {
        assertThat(statement.getImplementation().getUrl()).isEqualTo(FHIR.base());
        assertThat(statement.getImplementation().getDescription()).isNotBlank();
        assertThat(statement.getSoftware().getVersion()).isNull();
        assertThat(served.stream().map(CapabilityStatementRestResourceComponent::getType))
                .doesNotHaveDuplicates();
        served.forEach(type -> assertThat(type.getSearchParam().stream().map(parameter -> parameter.getName()))
                .as(type.getType())
                .doesNotHaveDuplicates());
        assertThat(statement.getImplementationGuide()).hasSize(1);
    }

    @Test
    void claimsWhatIsInTheInventoryAndWhatThePackagePublishes() {
        Set<String> stored = claiming(TypeRestfulInteraction.CREATE);
        Set<String> published = claiming(TypeRestfulInteraction.READ);
        published.removeAll(stored);

        assertThat(stored).isEqualTo(STORED.keySet());
        assertThat(published)
                .containsExactlyInAnyOrder(
                        "CodeSystem",
                        "ConceptMap",
                        "ImplementationGuide",
                        "SearchParameter",
                        "StructureDefinition",
                        "ValueSet");
    }

    @Test
    void servesEveryInteractionOfEveryStoredType() {
        List<String> failures = new ArrayList<>();
        for (CapabilityStatementRestResourceComponent type : served) {
            if (STORED.containsKey(type.getType())) {
                failures.addAll(new Life(type).live());
            }
        }

        assertThat(failures).isEmpty();
    }

    @Test
    void readsAndFindsEveryPublishedArtifact() {
        for (CapabilityStatementRestResourceComponent type : published()) {
            Bundle all = FHIR.search(type.getType());

            assertThat(all.getEntry()).as(type.getType()).isNotEmpty();
            for (BundleEntryComponent entry : all.getEntry()) {
                FHIR.get(entry.getFullUrl()).send().expect(200);
            }
        }
    }

    @Test
    void knowsEverySearchParameter() {
        Map<String, String> queries = new LinkedHashMap<>();
        for (CapabilityStatementRestResourceComponent type : served) {
            for (CapabilityStatementRestResourceSearchParamComponent parameter : type.getSearchParam()) {
                String query = type.getType() + "?" + parameter.getName() + "=" + example(parameter);
                queries.put(query, query);
            }
        }

        assertThat(queries).hasSizeGreaterThan(1000);
        assertThat(refused(List.copyOf(queries.keySet()))).isEmpty();
    }

    @Test
    void findsByLanguage() {
        Invented invented = new Invented();
        Patient patient = invented.patient("Sprache");
        patient.setLanguage("de");
        String id = FHIR.store(patient);

        assertThat(FHIR.get("Patient?_language=de&" + invented.tagged()).send().matches())
                .containsExactly(id);
        assertThat(FHIR.get("Patient?_language=fr&" + invented.tagged()).send().matches())
                .isEmpty();
    }

    @Test
    void refusesWhatItDoesNotClaim() {
        assertThat(refused(List.of(
                        "Patient?shoe-size=43",
                        "Patient?family:sounds-like=a",
                        "Patient?birthdate:exact=2026-03-04",
                        "Observation?subject:exact=a",
                        "Observation?subject:Patient.family:sounds-like=a",
                        "Patient?_filter=name eq a",
                        "Patient?_text=a",
                        "Patient?_content=a",
                        "Patient?_list=a",
                        "Patient?_query=a",
                        "Patient?_include=Patient:shoe-size",
                        "Patient?_include=*")))
                .hasSize(12);
    }

    @Test
    void includesWhatItClaimsToInclude() {
        List<String> queries = new ArrayList<>();
        for (CapabilityStatementRestResourceComponent type : served) {
            queries.addAll(joins(type, "_include", type.getSearchInclude()));
            queries.addAll(joins(type, "_revinclude", type.getSearchRevInclude()));
        }

        assertThat(queries).hasSizeGreaterThan(STORED.size());
        assertThat(refused(queries)).isEmpty();
    }

    @Test
    void performsEveryOperation() {
        for (CapabilityStatementRestResourceComponent type : served) {
            type.getOperation().forEach(operation -> {
                if (operation.getName().equals("validate")) {
                    validates(type.getType());
                } else {
                    calls(type.getType(), operation.getName())
                            .forEach(url -> FHIR.get(url).send().expect(200));
                }
            });
        }
    }

    @Test
    void writesEveryFormat() {
        assertThat(statement.getFormat()).hasSize(4);
        statement.getFormat().forEach(format -> {
            String code = format.getValue();
            Answer byParameter = FHIR.get("Patient?_count=1&_format=" + code.replace("+", "%2B"))
                    .send()
                    .expect(200);

            assertThat(byParameter.header("Content-Type")).contains(code.contains("xml") ? "fhir+xml" : "fhir+json");
            if (code.contains("/")) {
                Answer byHeader = FHIR.get("Patient?_count=1")
                        .header("Accept", code)
                        .send()
                        .expect(200);
                assertThat(byHeader.header("Content-Type")).startsWith(code);
            }
        });
    }

    @Test
    void writesNoOtherFormat() {
        FHIR.get("Patient?_format=text/turtle").send().refusal(406, OperationOutcome.IssueType.NOTSUPPORTED);
        FHIR.get("Patient")
                .header("Accept", "text/turtle")
                .send()
                .refusal(406, OperationOutcome.IssueType.NOTSUPPORTED);
    }

    @Test
    void readsEveryPatchFormat() {
        Map<String, String> patches = Map.of(
                "application/json-patch+json",
                "[{\"op\":\"add\",\"path\":\"/gender\",\"value\":\"other\"}]",
                FhirClient.JSON,
                """
                {"resourceType":"Parameters","parameter":[{"name":"operation","part":[
                {"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},
                {"name":"name","valueString":"gender"},{"name":"value","valueCode":"other"}]}]}
                """,
                FhirClient.XML,
                """
                <Parameters xmlns="http://hl7.org/fhir"><parameter><name value="operation"/>
                <part><name value="type"/><valueCode value="add"/></part>
                <part><name value="path"/><valueString value="Patient"/></part>
                <part><name value="name"/><valueString value="gender"/></part>
                <part><name value="value"/><valueCode value="other"/></part></parameter></Parameters>
                """);
        List<String> claimed =
                statement.getPatchFormat().stream().map(code -> code.getValue()).toList();
        assertThat(claimed).containsExactlyInAnyOrderElementsOf(patches.keySet());

        for (String format : claimed) {
            String id = FHIR.store(new Invented().patient("Flicken").setGender(null));

            Answer answer = FHIR.patch(id)
                    .body(format, Objects.requireNonNull(patches.get(format)))
                    .send()
                    .expect(200);

            assertThat(answer.as(Patient.class).getGender().toCode()).as(format).isEqualTo("other");
        }
    }

    @Test
    void treatsReferencesAsItClaims() {
        Set<ReferenceHandlingPolicy> claimed = served.stream()
                .flatMap(type -> type.getReferencePolicy().stream())
                .map(policy -> policy.getValue())
                .collect(Collectors.toSet());
        assertThat(claimed)
                .containsExactlyInAnyOrder(
                        ReferenceHandlingPolicy.LITERAL,
                        ReferenceHandlingPolicy.LOGICAL,
                        ReferenceHandlingPolicy.ENFORCED,
                        ReferenceHandlingPolicy.LOCAL);

        Invented invented = new Invented();
        String patient = FHIR.store(invented.patient("Verweis"));
        FHIR.store(invented.observation(patient));
        Observation logical = invented.observation(patient);
        logical.setSubject(new Reference());
        logical.getSubject().getIdentifier().setSystem(Invented.SYSTEM).setValue("elsewhere");
        FHIR.store(logical);
        FHIR.post("Observation")
                .body(invented.observation("Patient/nobody-has-this-id"))
                .send()
                .refusal(400, OperationOutcome.IssueType.INVALID);
        FHIR.post("Observation")
                .body(invented.observation("https://elsewhere.example.org/fhir/Patient/1"))
                .send()
                .expect(400);
    }

    @Test
    void letsPagesOfOtherOriginsIn() {
        assertThat(statement.getRestFirstRep().getSecurity().getCors()).isTrue();

        Answer answer = FHIR.method("OPTIONS", "Patient")
                .header("Origin", "https://app.example.org")
                .header("Access-Control-Request-Method", "GET")
                .send()
                .expect(200);

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("*");
    }

    @Test
    void processesBundlesAndNothingElseAsAWhole() {
        assertThat(statement.getRestFirstRep().getInteraction().stream()
                        .map(interaction -> interaction.getCode().toCode()))
                .containsExactlyInAnyOrder("transaction", "batch");
        assertThat(statement.getRestFirstRep().getOperation()).isEmpty();

        FHIR.process(Invented.transaction()).expect(200);
        FHIR.process(Invented.batch()).expect(200);
    }

    @Test
    void servesNoOtherType() {
        Set<String> claimed = claiming(TypeRestfulInteraction.READ);
        List<String> others = FhirContext.forR4Cached().getResourceTypes().stream()
                .filter(type -> !claimed.contains(type))
                .toList();

        assertThat(others).hasSizeGreaterThan(80);
        for (String type : others) {
            FHIR.get(type).send().refusal(404, OperationOutcome.IssueType.NOTFOUND);
        }
        FHIR.post("Substance")
                .body(FhirClient.JSON, "{\"resourceType\":\"Substance\"}")
                .send()
                .refusal(404, OperationOutcome.IssueType.NOTFOUND);
    }

    @Test
    void changesNothingThatThePackagePublishes() {
        for (CapabilityStatementRestResourceComponent type : published()) {
            String name = type.getType();
            String id = FHIR.search(name + "?_count=1")
                    .getEntryFirstRep()
                    .getResource()
                    .getIdPart();
            String body = "{\"resourceType\":\"" + name + "\",\"id\":\"" + id + "\"}";

            refused(405, FHIR.post(name).body(FhirClient.JSON, body).send());
            refused(405, FHIR.put(name + "/" + id).body(FhirClient.JSON, body).send());
            refused(405, FHIR.delete(name + "/" + id).send());
            refused(400, FHIR.get(name + "/_history").send());
            refused(400, FHIR.get(name + "/" + id + "/_history/1").send());
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "$expunge",
                "$reindex",
                "$meta",
                "$meta-add",
                "$meta-delete",
                "$graphql",
                "$diff",
                "$export",
                "$import",
                "$get-resource-counts",
                "$mark-all-resources-for-reindexing",
                "$perform-reindexing-pass",
                "$process-message",
                "$replace-references",
                "$hapi.fhir.replace-references",
                "$trigger-subscription",
                "$apply-codesystem-delta-add",
                "$upload-external-code-system",
                "$document",
                "$merge",
                "$match",
                "$lastn",
                "$docref",
                "$invalidate-expansion",
                "$snapshot",
                "$partition-management-create-partition"
            })
    void performsNoOtherOperation(String operation) {
        String nothing = "{\"resourceType\":\"Parameters\"}";
        List<String> places =
                operation.equals("$meta") ? List.of("") : List.of("", "Patient/", STORED.get("Patient") + "/");
        for (String place : places) {
            refused(
                    404,
                    FHIR.post(place + operation).body(FhirClient.JSON, nothing).send());
            refused(404, FHIR.get(place + operation).send());
        }
    }

    @ParameterizedTest
    @CsvSource({
        "GET, '', 400",
        "GET, _history, 400",
        "GET, _search?_type=Patient, 400",
        "POST, _search, 415",
        "PUT, Patient, 400",
        "DELETE, '', 405",
        "TRACE, Patient, 405",
        "POST, Patient/capability-patient, 405",
        "GET, control/jobs, 404",
        "GET, tester/, 404",
        "GET, swagger-ui/, 404",
        "GET, api-docs, 404",
        "GET, $, 404",
        "GET, CapabilityStatement, 404",
        "GET, OperationDefinition, 404"
    })
    void servesNoOtherRequest(String verb, String path, int status) {
        FhirClient.Call call = FHIR.method(verb, path);
        Answer answer = verb.equals("GET") || verb.equals("DELETE") || verb.equals("TRACE")
                ? call.send()
                : call.body(FhirClient.JSON, "{\"resourceType\":\"Patient\"}").send();

        refused(status, answer);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/",
                "/control/jobs",
                "/tester/",
                "/swagger-ui/",
                "/actuator",
                "/actuator/env",
                "/h2-console",
                "/error"
            })
    void servesNothingBesideFhir(String path) {
        Answer answer = FHIR.get(FHIR.base().replace("/fhir", path)).send();

        assertThat(answer.status()).isBetween(400, 499);
    }

    private static void refused(int status, Answer answer) {
        answer.expect(status);
        assertThat(answer.as(OperationOutcome.class).getIssueFirstRep().getDiagnostics())
                .isNotBlank();
    }

    private static Set<String> claiming(TypeRestfulInteraction interaction) {
        return served.stream()
                .filter(type -> type.getInteraction().stream().anyMatch(i -> i.getCode() == interaction))
                .map(CapabilityStatementRestResourceComponent::getType)
                .collect(Collectors.toCollection(java.util.TreeSet::new));
    }

    private static List<CapabilityStatementRestResourceComponent> published() {
        return served.stream()
                .filter(type -> !STORED.containsKey(type.getType()))
                .toList();
    }

    private static String example(CapabilityStatementRestResourceSearchParamComponent parameter) {
        String kind = parameter.getType().toCode();
        String value = kind.equals("composite") ? COMPOSITE.get(parameter.getName()) : BY_TYPE.get(kind);
        if (parameter.getName().equals("_id")) {
            return "a";
        }
        return Objects.requireNonNull(value, () -> "no example for " + parameter.getName())
                .replace("|", "%7C");
    }

    private static List<String> joins(
            CapabilityStatementRestResourceComponent type,
            String parameter,
            List<org.hl7.fhir.r4.model.StringType> values) {
        List<String> queries = new ArrayList<>();
        for (int from = 0; from < values.size(); from += INCLUDES) {
            String included = values.subList(from, Math.min(values.size(), from + INCLUDES)).stream()
                    .map(value -> "&" + parameter + "=" + value.getValue())
                    .collect(Collectors.joining());
            String id = Objects.requireNonNull(STORED.get(type.getType()))
                    .substring(type.getType().length() + 1);
            queries.add(type.getType() + "?_id=" + id + included);
        }
        return queries;
    }

    /** Those of {@code queries} that are not answered 200, with the answer. */
    private static List<String> refused(List<String> queries) {
        List<String> refused = new ArrayList<>();
        for (int from = 0; from < queries.size(); from += BATCH) {
            List<String> some = queries.subList(from, Math.min(queries.size(), from + BATCH));
            Bundle batch = Invented.batch();
            some.forEach(query -> Invented.request(batch, HTTPVerb.GET, query));
            Bundle answers = FHIR.process(batch).expect(200).bundle();
            for (int i = 0; i < some.size(); i++) {
                BundleEntryComponent answer = answers.getEntry().get(i);
                if (!answer.getResponse().getStatus().startsWith("200")) {
                    refused.add(some.get(i) + " -> " + answer.getResponse().getStatus());
                }
            }
        }
        return refused;
    }

    private static List<String> calls(String type, String operation) {
        List<String> urls =
                OPERATIONS.getOrDefault(type + "/" + operation, OPERATIONS.getOrDefault("*/" + operation, List.of()));
        assertThat(urls).as("how to call " + operation + " of " + type).isNotEmpty();
        return urls.stream()
                .map(url -> url.replace("%s", STORED.getOrDefault(type, "")))
                .toList();
    }

    private static void validates(String type) {
        Resource resource = example(type);
        String outcome = FHIR.post(type + "/$validate")
                .body(resource)
                .send()
                .expect(200)
                .resource()
                .fhirType();

        assertThat(outcome).isEqualTo("OperationOutcome");
    }

    private static Resource example(String type) {
        return INVENTORY.stream()
                .filter(resource -> resource.fhirType().equals(type))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no example of " + type));
    }

    private static List<Resource> inventory() {
        try (InputStream in = Objects.requireNonNull(
                CapabilityApiTest.class.getResourceAsStream("one-of-each-type.jsonl"), "no inventory")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8)
                    .lines()
                    .map(line ->
                            (Resource) FhirContext.forR4Cached().newJsonParser().parseResource(line))
                    .toList();
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    /** One resource of a type, from its creation to its deletion, through every interaction that is claimed. */
    private static final class Life {

        private final CapabilityStatementRestResourceComponent claims;
        private final String type;
        private final Invented invented = new Invented();
        private final List<String> failures = new ArrayList<>();

        Life(CapabilityStatementRestResourceComponent claims) {
            this.claims = claims;
            this.type = claims.getType();
        }

        List<String> live() {
            assertThat(claims.getInteraction().stream().map(i -> i.getCode()))
                    .as(type)
                    .containsExactlyInAnyOrder(
                            TypeRestfulInteraction.READ,
                            TypeRestfulInteraction.VREAD,
                            TypeRestfulInteraction.CREATE,
                            TypeRestfulInteraction.UPDATE,
                            TypeRestfulInteraction.PATCH,
                            TypeRestfulInteraction.DELETE,
                            TypeRestfulInteraction.HISTORYINSTANCE,
                            TypeRestfulInteraction.HISTORYTYPE,
                            TypeRestfulInteraction.SEARCHTYPE);
            assertThat(claims.getConditionalCreate() && claims.getConditionalUpdate() && claims.getUpdateCreate())
                    .as(type)
                    .isTrue();
            Answer created =
                    expect("create", 201, FHIR.post(type).body(resource("en")).send());
            if (created.status() == 201) {
                read(created.location());
                write(created.location());
                byCondition();
            }
            return failures;
        }

        private void read(String id) {
            expect("read", 200, FHIR.get(id).send());
            expect("vread", 200, FHIR.get(id + "/_history/1").send());
            expect("search", 200, FHIR.get(type + "?" + invented.tagged()).send());
            expect("history of type", 200, FHIR.get(type + "/_history?_count=1").send());
            Answer again = FHIR.get(id).header("If-None-Match", "W/\"1\"").send();
            expect("conditional read", 304, again);
            if (claims.getConditionalRead() == ConditionalReadStatus.FULLSUPPORT) {
                String time = FHIR.get(id).send().header("Last-Modified");
                Answer since = FHIR.get(id).header("If-Modified-Since", time).send();
                expect("read if modified", 304, since);
            }
        }

        private void write(String id) {
            Resource changed = resource("fr");
            changed.setId(id);
            Answer updated =
                    FHIR.put(id).header("If-Match", "W/\"1\"").body(changed).send();
            expect("update", 200, updated);
            String patch = "[{\"op\":\"replace\",\"path\":\"/language\",\"value\":\"es\"}]";
            expect(
                    "patch",
                    200,
                    FHIR.patch(id).body("application/json-patch+json", patch).send());
            Answer history = expect("history", 200, FHIR.get(id + "/_history").send());
            if (history.status() == 200 && history.bundle().getEntry().size() != 3) {
                failures.add(type + " history of " + history.bundle().getEntry().size());
            }
            expect("delete", 200, FHIR.delete(id).send());
            expect("read after delete", 410, FHIR.get(id).send());
        }

        private void byCondition() {
            String condition = invented.tagged();
            String own = type + "/own-" + invented.tag();
            Resource named = resource("en");
            named.setId(own);
            expect("update as create", 201, FHIR.put(own).body(named).send());
            Answer twice = FHIR.post(type)
                    .header("If-None-Exist", condition)
                    .body(resource("en"))
                    .send();
            expect("conditional create", 200, twice);
            expect(
                    "conditional update",
                    200,
                    FHIR.put(type + "?" + condition).body(resource("it")).send());
            expect(
                    "conditional delete",
                    200,
                    FHIR.delete(type + "?" + condition).send());
            expect("read after conditional delete", 410, FHIR.get(own).send());
        }

        private Resource resource(String language) {
            Resource resource = invented.tagged(example(type).copy());
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
}
