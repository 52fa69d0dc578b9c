// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.nio.file.Path;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Every example against the shipped package, by the same check that the server uses. */
class ContentTest {
    private static final String PROFILES = "https://iop-fhir.org/fhir/StructureDefinition/";

    private static FhirContext fhir = FhirContext.forR4Cached();
    private static ResourceCheck check;

    @BeforeAll
    static void open() {
        fhir = FhirContext.forR4Cached();
        check = Conformance.open(fhir).check();
    }

    static List<Path> valid() {
        return Sources.examples("valid");
    }

    static List<Path> invalid() {
        return Sources.examples("invalid");
    }

    static List<Path> stories() {
        return Sources.stories();
    }

    @ParameterizedTest
    @MethodSource("valid")
    void acceptsValidExampleWithoutAnyIssue(Path file) {
        Resource example = Sources.parse(fhir, file);

        if (Sources.isPlain(file)) {
            assertThat(check.required().of(example)).isEmpty();
        } else {
            assertThat(check.required().of(example)).contains(PROFILES + Sources.profileOf(file));
        }
        assertThat(check.check(example)).isEmpty();
    }

    @ParameterizedTest
    @MethodSource("invalid")
    void refusesInvalidExampleForTheRuleOfItsName(Path file) {
        Resource example = Sources.parse(fhir, file);

        assertThat(check.required().of(example)).contains(PROFILES + Sources.profileOf(file));
        assertThat(check.check(example))
                .filteredOn(Issue::isError)
                .singleElement()
                .satisfies(issue -> {
                    assertThat(issue.rule()).isEqualTo(Sources.ruleOf(file));
                    assertThat(issue.path()).startsWith(example.fhirType());
                    assertThat(issue.expected()).isNotBlank();
                });
    }

    @Test
    void acceptsEveryResourceOfEveryStory() {
        for (Path file : stories()) {
            Bundle story = (Bundle) Sources.parse(fhir, file);

            assertThat(story.getEntry())
                    .allSatisfy(entry -> assertThat(check.check(entry.getResource()))
                            .as("%s in %s", entry.getFullUrl(), file)
                            .isEmpty());
        }
    }

    /** These profiles are required only by claim, which the stories do not make. */
    @ParameterizedTest
    @CsvSource({
        "Location, iop-location",
        "Practitioner, iop-practitioner",
        "PractitionerRole, iop-practitioner-role",
        "RelatedPerson, iop-related-person",
        "Coverage, iop-coverage"
    })
    void peoplePlacesAndCoverageOfTheStoriesMeetTheProfilesOfTheirType(String type, String profile) {
        List<Resource> found = stories().stream()
                .map(file -> (Bundle) Sources.parse(fhir, file))
                .flatMap(story -> story.getEntry().stream())
                .map(Bundle.BundleEntryComponent::getResource)
                .filter(resource -> resource.fhirType().equals(type))
                .toList();

        assertThat(found)
                .isNotEmpty()
                .allSatisfy(resource -> assertThat(check.check(resource, PROFILES + profile))
                        .as(resource.getId())
                        .isEmpty());
    }

    @Test
    void warmValidatesAnExampleOfEachProfile() {
        List<String> covered = IgPackage.fromClassPath(fhir).examples().stream()
                .flatMap(example -> check.required().of(example).stream())
                .distinct()
                .toList();

        assertThat(covered)
                .containsAll(check.required().rules().stream()
                        .map(ProfileRule::profile)
                        .toList());
    }
}
