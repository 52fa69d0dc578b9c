// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.CounselingNotes;
import org.iopfhir.outcome.Problem;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example again, sent to the running server. */
class ExamplesApiTest {
    private static final FhirClient SERVER = RunningServer.client();
    private static final FhirContext FHIR = FhirContext.forR4Cached();

    private static final Set<String> OF_LABELS = Set.of(
            "iop-counseling-note-psythpn",
            "iop-counseling-note-psynotes",
            "iop-counseling-note-restricted",
            "iop-transition-bundle-label");

    /** So many entries in one batch. */
    private static final int BATCH = 200;

    static List<Path> valid() {
        return Sources.examples("valid");
    }

    /** But for those that lack no more than a label. */
    static List<Path> invalid() {
        return Sources.examples("invalid").stream()
                .filter(file -> !unlabelled().contains(file))
                .toList();
    }

    /** The server labels what it stores, so that these meet their rule when they are held against it. */
    static List<Path> unlabelled() {
        return Sources.examples("invalid").stream()
                .filter(file -> OF_LABELS.contains(Sources.ruleOf(file)))
                .toList();
    }

    @ParameterizedTest
    @MethodSource("unlabelled")
    void labelsWhatIsInvalidForItsLabels(Path file) {
        Resource example = parse(file);
        String validate = example.fhirType() + "/$validate";

        assertThat(SERVER.post(validate).body(example).send().expect(200).text())
                .as("$validate looks at what it is sent")
                .contains(Sources.ruleOf(file));
        String id = SERVER.store(withoutId(example));
        Resource labelled = reader(example).get(id).send().expect(200).resource();
        assertThat(SERVER.post(validate).body(labelled).send().expect(200).text())
                .doesNotContain(Sources.ruleOf(file));
    }

    /** A counseling note is its author's. */
    private static FhirClient reader(Resource example) {
        return CounselingNotes.author(example)
                .map(author -> SERVER.as(Callers.of(
                        "author",
                        claims -> claims.claim("scope", "user/*.cruds")
                                .claim("fhirUser", author)
                                .claim("iop_roles", List.of("counselor")))))
                .orElse(SERVER);
    }

    /** One example of each profile, where more would show nothing else. */
    static List<Path> oneValidOfEach() {
        return oneOfEach(valid());
    }

    static List<Path> oneInvalidOfEach() {
        return oneOfEach(invalid());
    }

    /** Examples refer to each other, and the server refuses a reference to nothing. */
    @BeforeAll
    static void storeWhatTheExamplesReferTo() {
        Map<String, Resource> known = new LinkedHashMap<>();
        valid().stream().map(ExamplesApiTest::parse).forEach(example -> known.put(id(example), example));
        Map<String, Resource> all = new LinkedHashMap<>(known);
        Stream.concat(valid().stream(), invalid().stream())
                .map(ExamplesApiTest::parse)
                .flatMap(ExamplesApiTest::references)
                .forEach(id -> all.computeIfAbsent(id, missing -> standIn(missing, known.values())));
        Bundle transaction = Invented.transaction();
        all.forEach((id, resource) -> Invented.put(transaction, id, resource));

        // By the server itself: no client may choose the id of an AuditEvent.
        RunningServer.bean(BundleStore.class).store(transaction);
    }

    @ParameterizedTest
    @MethodSource("valid")
    void createsTheValid(Path file) {
        Resource example = parse(file);

        SERVER.post(example.fhirType()).body(withoutId(example)).send().expect(201);
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesTheInvalidForTheRuleOfItsName(Path file) {
        Resource example = parse(file);

        refused(
                file,
                SERVER.post(example.fhirType())
                        .body(withoutId(example))
                        .send()
                        .expect(422)
                        .as(OperationOutcome.class));
    }

    @ParameterizedTest
    @MethodSource("oneValidOfEach")
    void updatesTheValid(Path file) {
        Resource example = parse(file);

        reader(example).put(id(example)).body(example).send().expect(200);
    }

    @ParameterizedTest
    @MethodSource("oneInvalidOfEach")
    void refusesTheInvalidAsAnUpdate(Path file) {
        Resource example = parse(file);
        example.setId(example.fhirType() + "/invalid-example");

        refused(file, SERVER.put(id(example)).body(example).send().expect(422).as(OperationOutcome.class));
        SERVER.get(id(example)).send().expect(404);
    }

    @Test
    void createsTheValidInABatch() {
        assertThat(batched(valid()))
                .allSatisfy((file, answer) -> assertThat(answer.getResponse().getStatus())
                        .as("%s", file)
                        .startsWith("201"));
    }

    @Test
    void refusesTheInvalidOneByOneInABatch() {
        batched(invalid()).forEach((file, answer) -> {
            assertThat(answer.getResponse().getStatus()).as("%s", file).startsWith("422");
            refused(file, (OperationOutcome) answer.getResponse().getOutcome());
        });
    }

    private static Map<Path, BundleEntryComponent> batched(List<Path> files) {
        Map<Path, BundleEntryComponent> answers = new LinkedHashMap<>();
        for (int from = 0; from < files.size(); from += BATCH) {
            List<Path> part = files.subList(from, Math.min(files.size(), from + BATCH));
            Bundle batch = Invented.batch();
            part.forEach(file -> Invented.post(batch, Invented.placeholder(), withoutId(parse(file))));
            List<BundleEntryComponent> entries =
                    SERVER.process(batch).expect(200).bundle().getEntry();
            assertThat(entries).hasSameSizeAs(part);
            for (int i = 0; i < entries.size(); i++) {
                answers.put(part.get(i), entries.get(i));
            }
        }
        return answers;
    }

    private static void refused(Path file, OperationOutcome outcome) {
        assertThat(outcome.getIssue())
                .as("%s", file)
                .filteredOn(issue -> issue.getSeverity() != IssueSeverity.WARNING)
                .singleElement()
                .satisfies(issue -> {
                    assertThat(issue.getDetails().getCodingFirstRep().getSystem())
                            .isEqualTo(Problem.RULE_SYSTEM);
                    assertThat(issue.getDetails().getCodingFirstRep().getCode()).isEqualTo(Sources.ruleOf(file));
                    assertThat(issue.getExpression())
                            .singleElement()
                            .satisfies(where -> assertThat(where.getValue())
                                    .startsWith(parse(file).fhirType()));
                    assertThat(issue.getDiagnostics()).isNotBlank();
                });
    }

    /** For updates, of which there are none of an AuditEvent. */
    private static List<Path> oneOfEach(List<Path> files) {
        Set<String> seen = new HashSet<>();
        return files.stream()
                .filter(file -> seen.add(Sources.profileOf(file)))
                .filter(file -> !parse(file).fhirType().equals("AuditEvent"))
                .toList();
    }

    /** What only invalid examples refer to: another of the same type, under that id. */
    private static Resource standIn(String id, Collection<Resource> examples) {
        Resource other = examples.stream()
                .filter(example -> id.startsWith(example.fhirType() + "/"))
                .findFirst()
                .orElseThrow(() -> new AssertionError("no example could stand in for " + id))
                .copy();
        other.setId(id);
        return other;
    }

    private static Stream<String> references(Resource resource) {
        return FHIR.newTerser().getAllPopulatedChildElementsOfType(resource, Reference.class).stream()
                .map(reference -> new IdType(reference.getReference()))
                .filter(id -> id.hasResourceType() && !id.hasBaseUrl())
                .map(id -> id.toUnqualifiedVersionless().getValue());
    }

    private static Resource withoutId(Resource resource) {
        resource.setId((String) null);
        return resource;
    }

    private static Resource parse(Path file) {
        return Sources.parse(FHIR, file);
    }

    private static String id(Resource resource) {
        return resource.fhirType() + "/" + resource.getIdElement().getIdPart();
    }
}
