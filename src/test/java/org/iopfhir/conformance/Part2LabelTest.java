// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class Part2LabelTest {
    /** What is of no patient: the places, the people and the hours of a program. */
    private static final Set<String> OF_NO_PATIENT = Set.of(
            "iop-group-definition",
            "iop-group-session",
            "iop-healthcare-service",
            "iop-location",
            "iop-organization",
            "iop-practitioner",
            "iop-practitioner-role",
            "iop-schedule",
            "iop-slot");

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final BaseRules rules = new BaseRules(fhir);

    @ParameterizedTest
    @ValueSource(strings = {"R 42CFRPart2", "V 42CFRPart2 SUD", "SUD R", "R ETHUD", "R OPIOIDUD"})
    void acceptsOneRestrictedConfidentiality(String labels) {
        assertThat(check(labels)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"42CFRPart2", "N 42CFRPart2", "R V 42CFRPart2", "R R SUD", "N SUD", "ETHUD", "U OPIOIDUD"})
    void warnsOfNoOtherAndMoreThanOneConfidentiality(String labels) {
        assertThat(check(labels)).singleElement().satisfies(issue -> {
            assertThat(issue.isError()).isFalse();
            assertThat(issue.rule()).isEqualTo("iop-part2-label");
            assertThat(issue.path()).isEqualTo("Condition.meta.security");
        });
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "N", "N R", "HIV", "L PSY"})
    void doesNotJudgeWhatIsNoRecordOfSubstanceUse(String labels) {
        assertThat(check(labels)).isEmpty();
    }

    @Test
    void doesNotTakeTheSameLettersOfAnotherSystemForALabel() {
        Resource condition = condition("");
        condition.getMeta().addSecurity("https://example.org/labels", "SUD", null);

        assertThat(rules.check(condition)).isEmpty();
    }

    @Test
    void judgesEachResourceOfABundle() {
        assertThat(rules.check((Resource) fhir.newJsonParser()
                        .parseResource("{\"resourceType\": \"Bundle\", \"type\": \"collection\", \"entry\": "
                                + "[{\"resource\": {\"resourceType\": \"Basic\", \"code\": {\"text\": \"a\"}}}, "
                                + "{\"resource\": {\"resourceType\": \"Basic\", \"code\": {\"text\": \"b\"}, "
                                + "\"meta\": {\"security\": [{\"system\": "
                                + "\"http://terminology.hl7.org/CodeSystem/v3-ActCode\", \"code\": \"SUD\"}]}}}]}")))
                .extracting(Issue::path)
                .containsExactly("Bundle.entry[1].resource.meta.security");
    }

    @Test
    void everyExampleOfAPatientOfTheProgramIsLabelled() {
        List<Path> unlabelled = Sources.examples("valid").stream()
                .filter(file -> !Sources.isPlain(file) && !OF_NO_PATIENT.contains(Sources.profileOf(file)))
                .filter(file -> !labels(Sources.parse(fhir, file)).contains("42CFRPart2"))
                .toList();

        assertThat(unlabelled).isEmpty();
    }

    private static Set<String> labels(Resource resource) {
        return resource.getMeta().getSecurity().stream().map(Coding::getCode).collect(Collectors.toSet());
    }

    private List<Issue> check(String labels) {
        return rules.check(condition(labels));
    }

    private Resource condition(String labels) {
        Resource condition = (Resource)
                fhir.newJsonParser()
                        .parseResource(
                                "{\"resourceType\": \"Condition\", \"subject\": {\"reference\": \"Patient/1\"}, \"code\": {\"text\": \"a\"}}");
        Stream.of(labels.split(" ", -1))
                .filter(label -> !label.isEmpty())
                .forEach(label -> condition.getMeta().addSecurity(system(label), label, null));
        return condition;
    }

    private static String system(String label) {
        return "http://terminology.hl7.org/CodeSystem/" + (label.length() == 1 ? "v3-Confidentiality" : "v3-ActCode");
    }
}
