// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.hl7.fhir.r4.model.CapabilityStatement.ReferenceHandlingPolicy;
import org.hl7.fhir.r4.model.CapabilityStatement.TypeRestfulInteraction;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Calls everything that the CapabilityStatement claims, and much that it does not. */
class CapabilityApiTest {

    private static final FhirClient FHIR = RunningServer.client();

    /** So many GETs in one batch, and includes in one search (the server takes 40 conditions). */
    private static final int BATCH = 100;

    private static final int INCLUDES = 30;

    /** How each operation is called; {@code *} is any type, {@code %s} a stored instance of it. */
    private static final Map<String, List<String>> OPERATIONS = Map.of(
            "*/meta", List.of("%s/$meta"),
            "Patient/disclosures", List.of("%s/$disclosures"),
            "Patient/everything", List.of("%s/$everything"),
            "Patient/explain-access", List.of("%s/$explain-access?recipient=Organization/any"),
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

    private static CapabilityStatement statement = new CapabilityStatement();
    private static List<CapabilityStatementRestResourceComponent> served = List.of();

    /** What the resource of each type is stored as, to be searched and operated upon. */
    private static final Map<String, String> STORED = new TreeMap<>();

    @BeforeAll
    static void ask() {
        statement = FHIR.get("metadata").send().expect(200).as(CapabilityStatement.class);
        served = statement.getRestFirstRep().getResource();
        Belongings stored = new Belongings("capability");
        stored.store(FHIR);
        stored.types().forEach(type -> STORED.put(type, stored.id(type)));
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
                        "CapabilityStatement",
                        "CodeSystem",
                        "ConceptMap",
                        "ImplementationGuide",
                        "OperationDefinition",
                        "Questionnaire",
                        "SearchParameter",
                        "StructureDefinition",
                        "ValueSet");
    }

    @Test
    void servesEveryInteractionOfEveryStoredType() {
        List<String> failures = new ArrayList<>();
        for (CapabilityStatementRestResourceComponent type : served) {
            if (type.getType().equals("AuditEvent")) {
                failures.addAll(new TypeLife(FHIR, type).liveUnchanged());
            } else if (STORED.containsKey(type.getType())) {
                failures.addAll(new TypeLife(FHIR, type).live());
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
                String query = type.getType() + "?" + parameter.getName() + "=" + ExampleValues.of(parameter);
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
                if (operation.getName().equals("emergency-access")) {
                    return;
                }
                if (operation.getName().equals("validate")) {
                    validates(type.getType());
                } else {
                    calls(type.getType(), operation.getName())
                            .forEach(url ->
                                    caller(operation.getName()).get(url).send().expect(200));
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
    void letsPagesOfRegisteredAppsIn() {
        assertThat(statement.getRestFirstRep().getSecurity().getCors()).isTrue();

        Answer answer = FHIR.method("OPTIONS", "Patient")
                .header("Origin", "http://localhost:3000")
                .header("Access-Control-Request-Method", "GET")
                .send()
                .expect(200);

        assertThat(answer.header("Access-Control-Allow-Origin")).isEqualTo("http://localhost:3000");
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

    private static FhirClient caller(String operation) {
        return Set.of("disclosures", "explain-access").contains(operation)
                ? FHIR.as(Callers.staff(Role.PRIVACY_OFFICER))
                : FHIR;
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
        Resource resource = OneOfEachType.example(type);
        String outcome = FHIR.post(type + "/$validate")
                .body(resource)
                .send()
                .expect(200)
                .resource()
                .fhirType();

        assertThat(outcome).isEqualTo("OperationOutcome");
    }
}
