// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DecimalType;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.Questionnaire.QuestionnaireItemComponent;
import org.hl7.fhir.r4.model.QuestionnaireResponse;
import org.hl7.fhir.r4.model.QuestionnaireResponse.QuestionnaireResponseItemComponent;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Type;
import org.iopfhir.outcome.Problem;

/**
 * Hold a score to the answers that it was computed from, when these answer a questionnaire of the package.
 *
 * <p>A group of a questionnaire whose code is that of a score holds the items of the score; the score is the sum of the
 * {@code ordinalValue}s of the options chosen in it. Whoever writes second is refused: a score that disagrees with the
 * answers, and answers that disagree with a score that stands. To amend both, send both in one transaction.
 */
public final class Scores {
    private static final String RULE = "iop-score-of-response";
    private static final String ORDINAL = "http://hl7.org/fhir/StructureDefinition/ordinalValue";

    private final IgPackage iop;
    private final Function<Collection<String>, List<Resource>> read;
    private final BiFunction<String, Map<String, List<String>>, List<Resource>> find;

    /**
     * @param read gives those of some references that are stored
     * @param find gives what is stored and matches a search
     */
    public Scores(
            IgPackage iop,
            Function<Collection<String>, List<Resource>> read,
            BiFunction<String, Map<String, List<String>>, List<Resource>> find) {
        this.iop = iop;
        this.read = read;
        this.find = find;
    }

    /** Return what is wrong with a score; empty for an observation that is none. */
    public List<Problem> check(Observation score) {
        List<String> responses = score.getDerivedFrom().stream()
                .map(source ->
                        source.getReferenceElement().toUnqualifiedVersionless().getValue())
                .filter(reference -> reference != null && reference.startsWith("QuestionnaireResponse/"))
                .toList();
        if (responses.isEmpty() || points(score.getValue()).isEmpty()) {
            return List.of();
        }
        return read.apply(responses).stream()
                .flatMap(response -> compare(score, (QuestionnaireResponse) response, "Observation.value"))
                .toList();
    }

    /** Return what is wrong with answers in the light of the scores that are stored. */
    public List<Problem> check(QuestionnaireResponse response) {
        if (form(response).isEmpty() || !response.hasId()) {
            return List.of();
        }
        String reference = "QuestionnaireResponse/" + response.getIdElement().getIdPart();
        return find.apply("Observation", Map.of("derived-from", List.of(reference))).stream()
                .flatMap(score -> compare((Observation) score, response, "QuestionnaireResponse.item"))
                .toList();
    }

    private Stream<Problem> compare(Observation score, QuestionnaireResponse response, String where) {
        Optional<BigDecimal> stated = points(score.getValue());
        return form(response).stream()
                .flatMap(form -> form.getItem().stream())
                .filter(group -> group.getCode().stream()
                        .anyMatch(code -> score.getCode().hasCoding(code.getSystem(), code.getCode())))
                .map(group -> sum(group, response))
                .filter(sum -> stated.isPresent() && stated.get().compareTo(sum) != 0)
                .map(sum -> new Problem(
                        IssueSeverity.ERROR,
                        IssueType.BUSINESSRULE,
                        RULE,
                        where,
                        "A score is the sum of the points of its answers: "
                                + sum.stripTrailingZeros().toPlainString() + ", not "
                                + stated.get().stripTrailingZeros().toPlainString() + "."));
    }

    private Optional<Questionnaire> form(QuestionnaireResponse response) {
        return Optional.ofNullable(response.getQuestionnaire())
                .flatMap(iop::find)
                .filter(Questionnaire.class::isInstance)
                .map(Questionnaire.class::cast);
    }

    private static BigDecimal sum(QuestionnaireItemComponent group, QuestionnaireResponse response) {
        Map<String, List<Coding>> answers = new HashMap<>();
        response.getItem().forEach(item -> collect(item, answers));
        return group.getItem().stream()
                .flatMap(question -> question.getAnswerOption().stream()
                        .filter(option -> answers.getOrDefault(question.getLinkId(), List.of()).stream()
                                .anyMatch(answer -> isSame(answer, option.getValue())))
                        .flatMap(option -> Stream.ofNullable(option.getExtensionByUrl(ORDINAL))))
                .map(Extension::getValue)
                .map(ordinal -> ((DecimalType) ordinal).getValue())
                .reduce(BigDecimal.ZERO, BigDecimal::add);
    }

    private static boolean isSame(Coding answer, Type option) {
        return option instanceof Coding coding
                && coding.getCode().equals(answer.getCode())
                && coding.getSystem().equals(answer.getSystem());
    }

    private static void collect(QuestionnaireResponseItemComponent item, Map<String, List<Coding>> answers) {
        item.getAnswer().stream()
                .filter(answer -> answer.getValue() instanceof Coding)
                .forEach(answer -> answers.computeIfAbsent(item.getLinkId(), link -> new ArrayList<>())
                        .add((Coding) answer.getValue()));
        item.getItem().forEach(inner -> collect(inner, answers));
    }

    private static Optional<BigDecimal> points(Type value) {
        if (value instanceof IntegerType whole) {
            return Optional.ofNullable(whole.getValue()).map(BigDecimal::valueOf);
        }
        return value instanceof Quantity quantity ? Optional.ofNullable(quantity.getValue()) : Optional.empty();
    }
}
