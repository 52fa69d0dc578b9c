// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.Questionnaire.QuestionnaireItemAnswerOptionComponent;
import org.hl7.fhir.r4.model.Questionnaire.QuestionnaireItemComponent;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.QuestionnaireResponse.QuestionnaireResponseItemComponent;
import org.junit.jupiter.api.Test;

class QuestionnairesTest {
    private static final String ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue";
    private static final String OURS = "https://iop-fhir.org/fhir/CodeSystem/";
    private static final Map<String, Integer> HIGHEST = Map.of(
            "44261-6",
            27,
            "70274-6",
            21,
            "75626-2",
            12,
            "82667-7",
            10,
            "bam-use",
            12,
            "bam-risk",
            24,
            "bam-protective",
            24);

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final Conformance conformance = Conformance.open(fhir);

    @Test
    void theHighestAnswersMakeTheHighestScore() {
        Map<String, Integer> found = new HashMap<>();
        for (QuestionnaireItemComponent group : groupsWithScore()) {
            int sum = group.getItem().stream()
                    .mapToInt(QuestionnairesTest::highest)
                    .sum();
            found.put(group.getCodeFirstRep().getCode(), sum);
        }

        assertThat(found).isEqualTo(HIGHEST);
    }

    @Test
    void everyScoredQuestionMustBeAnsweredAndHasAnswerWithoutPoints() {
        assertThat(groupsWithScore())
                .flatExtracting(QuestionnaireItemComponent::getItem)
                .allSatisfy(question -> {
                    assertThat(question.getRequired()).isTrue();
                    assertThat(question.getAnswerOption())
                            .extracting(QuestionnairesTest::points)
                            .contains(0)
                            .doesNotHaveDuplicates();
                });
    }

    @Test
    void everyCodeOfOursIsDefined() {
        for (Questionnaire form : forms()) {
            List<String> links = new ArrayList<>();
            for (QuestionnaireItemComponent item : items(form)) {
                links.add(item.getLinkId());
                Stream.concat(
                                item.getCode().stream(),
                                item.getAnswerOption().stream().map(option -> option.getValueCoding()))
                        .filter(coding -> coding.getSystem().startsWith(OURS))
                        .forEach(coding -> assertThat(codes(coding.getSystem())).contains(coding.getCode()));
            }
            assertThat(links).as(form.getUrl()).doesNotHaveDuplicates();
        }
    }

    @Test
    void aScoreOfTheExamplesIsThatOfItsResponse() {
        Map<String, QuestionnaireResponse> responses = examples(QuestionnaireResponse.class)
                .collect(Collectors.toMap(response -> response.getIdElement().getIdPart(), response -> response));
        Set<String> checked = new HashSet<>();
        examples(Observation.class)
                .filter(score ->
                        HIGHEST.containsKey(score.getCode().getCodingFirstRep().getCode()))
                .filter(Observation::hasDerivedFrom)
                .forEach(score -> {
                    String code = score.getCode().getCodingFirstRep().getCode();
                    QuestionnaireResponse response = Objects.requireNonNull(responses.get(
                            score.getDerivedFromFirstRep().getReferenceElement().getIdPart()));
                    assertThat(score.getValueIntegerType().getValue()).as(code).isEqualTo(sum(response, code));
                    checked.add(code);
                });

        assertThat(checked).contains("44261-6", "bam-use", "bam-risk", "bam-protective");
    }

    @Test
    void refusesACompletedResponseWithoutARequiredAnswer() {
        QuestionnaireResponse response = phq9();
        response.getItemFirstRep().getItem().remove(8);

        assertThat(conformance.check().check(response))
                .filteredOn(Issue::isError)
                .isNotEmpty();
    }

    @Test
    void acceptsAnUnfinishedResponse() {
        QuestionnaireResponse response = phq9();
        response.getItemFirstRep().getItem().remove(8);
        response.setStatus(QuestionnaireResponse.QuestionnaireResponseStatus.INPROGRESS);

        assertThat(conformance.check().check(response))
                .filteredOn(Issue::isError)
                .isEmpty();
    }

    @Test
    void refusesAnAnswerThatIsNoOption() {
        QuestionnaireResponse response = phq9();
        response.getItemFirstRep()
                .getItemFirstRep()
                .getAnswerFirstRep()
                .setValue(new Coding().setSystem("http://loinc.org").setCode("LA6572-7"));

        assertThat(conformance.check().check(response))
                .filteredOn(Issue::isError)
                .isNotEmpty();
    }

    private QuestionnaireResponse phq9() {
        return examples(QuestionnaireResponse.class)
                .filter(response -> response.getQuestionnaire().endsWith("/phq-9"))
                .findFirst()
                .orElseThrow()
                .copy();
    }

    private int sum(QuestionnaireResponse response, String code) {
        Questionnaire form = (Questionnaire)
                conformance.iop().find(response.getQuestionnaire()).orElseThrow();
        QuestionnaireItemComponent group = form.getItem().stream()
                .filter(item -> item.getCodeFirstRep().getCode() != null)
                .filter(item -> item.getCodeFirstRep().getCode().equals(code))
                .findFirst()
                .orElseThrow();
        Map<String, Coding> answers = response.getItem().stream()
                .filter(item -> item.getLinkId().equals(group.getLinkId()))
                .flatMap(item -> item.getItem().stream())
                .collect(Collectors.toMap(
                        QuestionnaireResponseItemComponent::getLinkId,
                        item -> item.getAnswerFirstRep().getValueCoding()));
        return group.getItem().stream()
                .flatMap(question -> question.getAnswerOption().stream()
                        .filter(option -> option.getValueCoding().equalsDeep(answers.get(question.getLinkId()))))
                .mapToInt(QuestionnairesTest::points)
                .sum();
    }

    private static int highest(QuestionnaireItemComponent question) {
        return question.getAnswerOption().stream()
                .map(QuestionnairesTest::points)
                .max(Comparator.naturalOrder())
                .orElse(0);
    }

    private static int points(QuestionnaireItemAnswerOptionComponent option) {
        BigDecimal points = ((DecimalType) option.getExtensionByUrl(ORDINAL).getValue()).getValue();
        return points.intValueExact();
    }

    private List<QuestionnaireItemComponent> groupsWithScore() {
        return forms().stream()
                .flatMap(form -> form.getItem().stream())
                .filter(item -> item.hasCode()
                        && HIGHEST.containsKey(item.getCodeFirstRep().getCode()))
                .toList();
    }

    private List<Questionnaire> forms() {
        return conformance.iop().all(Questionnaire.class);
    }

    private static List<QuestionnaireItemComponent> items(Questionnaire form) {
        return form.getItem().stream().flatMap(QuestionnairesTest::withChildren).toList();
    }

    private static Stream<QuestionnaireItemComponent> withChildren(QuestionnaireItemComponent item) {
        return Stream.concat(Stream.of(item), item.getItem().stream().flatMap(QuestionnairesTest::withChildren));
    }

    private List<String> codes(String system) {
        return ((CodeSystem) conformance.iop().find(system).orElseThrow())
                .getConcept().stream()
                        .map(CodeSystem.ConceptDefinitionComponent::getCode)
                        .toList();
    }

    private <T> Stream<T> examples(Class<T> type) {
        return conformance.iop().examples().stream().filter(type::isInstance).map(type::cast);
    }
}
