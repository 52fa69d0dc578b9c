// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeSystem.ConceptDefinitionComponent;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Type;
import org.hl7.fhir.r4.model.ValueSet;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Needs;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Asks the running server about every code that it ships. */
class TerminologyApiTest {
    private static final FhirClient FHIR = RunningServer.client();
    private static final String OURS = "https://iop-fhir.org/fhir/CodeSystem/";
    private static final String COLORADO = "http://bha.colorado.gov/fhir/bha-ig/CodeSystem/";
    private static final String ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    private final Conformance conformance = RunningServer.bean(Conformance.class);

    @Test
    void looksUpAndValidatesTheFirstAndTheLastCodeOfEveryCodeSystem() {
        List<CodeSystem> systems = Stream.concat(
                        conformance.iop().all(CodeSystem.class).stream(), conformance.iop().excerpts().stream())
                .toList();

        assertThat(systems).hasSizeGreaterThan(25);
        for (CodeSystem system : systems) {
            List<ConceptDefinitionComponent> concepts = system.getConcept();
            for (ConceptDefinitionComponent concept : List.of(concepts.get(0), concepts.get(concepts.size() - 1))) {
                assertThat(lookup(system.getUrl(), concept.getCode())).isEqualTo(concept.getDisplay());
                assertThat(isValid(system.getUrl(), concept.getCode())).isTrue();
            }
            assertThat(isValid(system.getUrl(), "no-such-code"))
                    .as(system.getUrl())
                    .isFalse();
        }
    }

    @Test
    void knowsTheOldAndTheAddedCodesOfASystemOfHl7() {
        assertThat(lookup(ACT, "42CFRPart2")).isNotBlank();
        assertThat(lookup(ACT, "42CFRPart2CD")).isEqualTo("42 CFR Part 2 consent directive");
        assertThat(lookup("http://terminology.hl7.org/CodeSystem/goal-category", "housing"))
                .isEqualTo("Housing");
    }

    @Test
    void expandsEveryValueSetOfOursThatListsCodesOfSystemsThatAreShipped() {
        for (ValueSet valueSet : conformance.iop().all(ValueSet.class)) {
            ValueSet expanded = FHIR.get("ValueSet/$expand?url=" + encoded(valueSet.getUrl()))
                    .send()
                    .expect(200)
                    .as(ValueSet.class);

            assertThat(expanded.getExpansion().getContains())
                    .as(valueSet.getUrl())
                    .isNotEmpty();
        }
    }

    @Test
    void looksUpThePropertiesOfEveryCodeOfOurs() {
        for (CodeSystem system : conformance.iop().all(CodeSystem.class)) {
            for (ConceptDefinitionComponent concept : system.getConcept()) {
                List<String> expected = new ArrayList<>();
                if (concept.hasDefinition()) {
                    expected.add("definition=" + concept.getDefinition());
                }
                concept.getProperty()
                        .forEach(property -> expected.add(
                                property.getCode() + "=" + property.getValue().primitiveValue()));

                assertThat(properties(asked(system.getUrl(), concept.getCode())))
                        .as(system.getUrl() + " " + concept.getCode())
                        .containsExactlyElementsOf(expected);
            }
        }
    }

    @Test
    void keepsTheTypeOfAProperty() {
        Parameters answer = asked(OURS + "asam-dimension-3", "d1");

        assertThat(parts(answer, "property", "value"))
                .singleElement()
                .satisfies(value -> assertThat(value).isInstanceOf(IntegerType.class));
        assertThat(answer.getParameter("name").getValue().primitiveValue()).isEqualTo("AsamDimension3");
        assertThat(answer.getParameter("version").getValue().primitiveValue()).isEqualTo("0.1.0");
    }

    @Test
    void tellsOnlyThePropertiesThatAreAskedFor() {
        assertThat(properties(asked(OURS + "asam-dimension-3", "d1&property=edition")))
                .containsExactly("edition=3");
        assertThat(properties(asked(OURS + "asam-dimension-3", "d1&property=definition&property=no-such")))
                .isEmpty();
        assertThat(properties(asked(OURS + "iop-attendance", "late&property=definition")))
                .hasSize(1);
    }

    @Test
    void tellsWhereACodeStandsAndHowOthersSayIt() {
        assertThat(properties(asked("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP")))
                .contains("parent=_ActEncounterCode", "child=ACUTE");
        Parameters named = asked("http://hl7.org/fhir/resource-types", "Patient");
        assertThat(parts(named, "designation", "value")).isNotEmpty();
        assertThat(parts(
                        asked("http://hl7.org/fhir/resource-types", "Patient&property=lang.de"),
                        "designation",
                        "value"))
                .hasSizeLessThan(parts(named, "designation", "value").size());
    }

    @Test
    void looksUpACodeOfASystemThatIsBuiltIn() {
        assertThat(lookup("http://unitsofmeasure.org", "h")).isNotBlank();
    }

    @Test
    void looksUpInTheVersionThatIsHereOnly() {
        String question = "CodeSystem/$lookup?system=" + encoded(OURS + "iop-attendance") + "&code=late&version=";
        FHIR.get(question + "0.1.0").send().expect(200);
        FHIR.get(question + "0.0.9").send().refusal(404, OperationOutcome.IssueType.NOTFOUND);
    }

    @ParameterizedTest
    @CsvSource({
        "http://loinc.org, 44261-6, Patient Health Questionnaire 9 item (PHQ-9) total score [Reported]",
        "http://snomed.info/sct, 405782001, Relapse prevention"
    })
    void looksUpThePartsOfLoincAndSnomed(String system, String code, String display) {
        assertThat(lookup(system, code)).isEqualTo(display);
    }

    @ParameterizedTest
    @CsvSource({"http://loinc.org, 8867-4", "http://snomed.info/sct, 73211009"})
    void saysThatACodeOutsideOfThePartIsNotKnown(String system, String code) {
        FHIR.get("CodeSystem/$lookup?system=" + system + "&code=" + code)
                .send()
                .refusal(404, OperationOutcome.IssueType.NOTFOUND);
    }

    @Test
    void asksForTheSystemOfACode() {
        FHIR.get("CodeSystem/$lookup?code=late").send().refusal(400, OperationOutcome.IssueType.INVALID);
    }

    @Test
    void everyMapTranslatesThereAndBack() {
        for (ConceptMap map : conformance.iop().all(ConceptMap.class)) {
            for (ConceptMap.ConceptMapGroupComponent group : map.getGroup()) {
                ConceptMap.SourceElementComponent element = group.getElement().stream()
                        .filter(source -> source.getTargetFirstRep().hasCode())
                        .findFirst()
                        .orElseThrow();
                String target = element.getTargetFirstRep().getCode();

                assertThat(translate(map.getUrl(), group.getSource(), element.getCode(), group.getTarget(), false))
                        .contains(target);
                assertThat(translate(map.getUrl(), group.getTarget(), target, group.getSource(), true))
                        .contains(element.getCode());
            }
        }
    }

    @Test
    void turnsTheEquivalenceRoundInReverse() {
        String question =
                "ConceptMap/$translate?url=" + encoded("https://iop-fhir.org/fhir/ConceptMap/iop-service-to-hcpcs");
        Parameters answer = FHIR.get(
                        question + "&system=" + encoded("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets")
                                + "&code=H0004&reverse=true")
                .send()
                .expect(200)
                .as(Parameters.class);

        assertThat(answer.getParameterBool("result")).isTrue();
        assertThat(matches(answer)).extracting(Coding::getSystem).containsOnly(OURS + "iop-service");
    }

    @Test
    void refusesToGuessWhatAValueSetWouldChoose() {
        FHIR.get("ConceptMap/$translate?code=2.1&system=" + encoded(OURS + "asam-level-of-care-3") + "&target=x")
                .send()
                .refusal(400, OperationOutcome.IssueType.INVALID);
    }

    @ParameterizedTest
    @CsvSource({
        "bha-asam-level-of-care-cs, 2.1, asam-level-of-care-3",
        "bha-asam-level-of-care-cs, 3.7, asam-level-of-care-3",
        "bha-episode-identifier-cs, 09, asam-level-of-care-3",
        "bha-end-of-treatment-reason-cs, 1, iop-discharge-reason",
        "bha-referral-source, 1, iop-referral-source"
    })
    void readsWhatColoradoSendsAndSendsTheSameBack(String theirs, String code, String ours) {
        List<String> read = translate(null, COLORADO + theirs, code, OURS + ours, false);

        assertThat(read).isNotEmpty();
        assertThat(read.stream().flatMap(own -> translate(null, OURS + ours, own, COLORADO + theirs, false).stream()))
                .contains(code);
    }

    /** The US Behavioral Health Profiles name services by HCPCS (as HL7 writes its system), SNOMED CT and CPT. */
    @ParameterizedTest
    @CsvSource({
        "hcpcs-to-iop-service, https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
        "snomed-to-iop-service, http://snomed.info/sct",
        "cpt-to-iop-service, http://www.ama-assn.org/go/cpt"
    })
    void losesNoServiceOfUsBehavioralHealthThereAndBack(String name, String system) {
        ConceptMap map = (ConceptMap) conformance
                .iop()
                .find("https://iop-fhir.org/fhir/ConceptMap/" + name)
                .orElseThrow();
        List<String> codes = map.getGroupFirstRep().getElement().stream()
                .filter(element -> element.getTargetFirstRep().hasCode())
                .map(ConceptMap.SourceElementComponent::getCode)
                .toList();

        assertThat(codes).hasSizeGreaterThan(5).allSatisfy(code -> {
            List<String> services = translate(null, system, code, OURS + "iop-service", false);
            assertThat(services.stream()
                            .flatMap(service -> translate(null, OURS + "iop-service", service, system, false).stream()))
                    .contains(code);
        });
    }

    @Test
    void readsHcpcsUnderTheUriOfHl7() {
        String hl7 = "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets";

        assertThat(translate(null, hl7, "H0025", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", false))
                .containsExactly("H0025");
    }

    /** Needs the definitions of Colorado's guide, which are not ours to ship; skipped where they are absent. */
    @Test
    void speaksOfEveryCodeOfColorado() throws Exception {
        Path folder = Path.of(Objects.requireNonNullElse(System.getenv("IOP_PACKAGES"), "absent"))
                .resolve("definitions/co.bha-ig-0.2.0");
        Needs.that(
                Files.isDirectory(folder),
                "TerminologyApiTest",
                "IOP_PACKAGES to name a folder with Colorado's definitions");
        Set<String> silent = new TreeSet<>();
        for (String name : List.of(
                "bha-asam-level-of-care-cs",
                "bha-episode-identifier-cs",
                "bha-end-of-treatment-reason-cs",
                "bha-referral-source")) {
            CodeSystem system = conformance
                    .fhir()
                    .newJsonParser()
                    .parseResource(CodeSystem.class, Files.readString(folder.resolve("CodeSystem-" + name + ".json")));
            for (ConceptDefinitionComponent concept : system.getConcept()) {
                if (!isSpokenOf(system.getUrl(), concept.getCode())) {
                    silent.add(name + "#" + concept.getCode());
                }
            }
        }

        assertThat(silent).isEmpty();
    }

    private boolean isSpokenOf(String system, String code) {
        return conformance.iop().all(ConceptMap.class).stream()
                .flatMap(map -> map.getGroup().stream())
                .filter(group -> group.getSource().equals(system))
                .anyMatch(group -> group.getElement().stream()
                        .anyMatch(element -> element.getCode().equals(code)));
    }

    private static List<String> translate(
            @org.jspecify.annotations.Nullable String map, String system, String code, String target, boolean reverse) {
        List<String> query = new ArrayList<>();
        if (map != null) {
            query.add("url=" + encoded(map));
        }
        query.add("system=" + encoded(system));
        query.add("code=" + encoded(code));
        query.add("targetsystem=" + encoded(target));
        query.add("reverse=" + reverse);
        return matches(FHIR.get("ConceptMap/$translate?" + String.join("&", query))
                        .send()
                        .expect(200)
                        .as(Parameters.class))
                .stream()
                .map(Coding::getCode)
                .toList();
    }

    private static List<Coding> matches(Parameters answer) {
        return answer.getParameter().stream()
                .filter(parameter -> parameter.getName().equals("match"))
                .flatMap(match -> match.getPart().stream())
                .filter(part -> part.getName().equals("concept"))
                .map(part -> (Coding) part.getValue())
                .toList();
    }

    private static Parameters asked(String system, String code) {
        return FHIR.get("CodeSystem/$lookup?system=" + encoded(system) + "&code=" + code)
                .send()
                .expect(200)
                .as(Parameters.class);
    }

    private static List<String> properties(Parameters answer) {
        List<Type> codes = parts(answer, "property", "code");
        List<Type> values = parts(answer, "property", "value");
        return IntStream.range(0, codes.size())
                .mapToObj(
                        i -> codes.get(i).primitiveValue() + "=" + values.get(i).primitiveValue())
                .toList();
    }

    private static List<Type> parts(Parameters answer, String parameter, String part) {
        return answer.getParameter().stream()
                .filter(given -> given.getName().equals(parameter))
                .flatMap(given -> given.getPart().stream())
                .filter(given -> given.getName().equals(part))
                .map(Parameters.ParametersParameterComponent::getValue)
                .toList();
    }

    private static String lookup(String system, String code) {
        return FHIR.get("CodeSystem/$lookup?system=" + encoded(system) + "&code=" + encoded(code))
                .send()
                .expect(200)
                .as(Parameters.class)
                .getParameter("display")
                .getValue()
                .primitiveValue();
    }

    private static boolean isValid(String system, String code) {
        return FHIR.get("CodeSystem/$validate-code?url=" + encoded(system) + "&code=" + encoded(code))
                .send()
                .expect(200)
                .as(Parameters.class)
                .getParameterBool("result");
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }
}
