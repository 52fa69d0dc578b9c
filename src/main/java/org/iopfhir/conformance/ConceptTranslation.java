// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.TranslateConceptResult;
import ca.uhn.fhir.context.support.TranslateConceptResults;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseCoding;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.Enumerations.ConceptMapEquivalence;
import org.jspecify.annotations.Nullable;

/**
 * Translate codes by the concept maps of the package, in the direction in which they are written or in reverse. In
 * reverse the equivalence is turned round as well: what was wider is narrower.
 *
 * <p>The result is true when at least one target is a match; {@code unmatched} and {@code disjoint} are none.
 *
 * @see <a href="http://hl7.org/fhir/R4/conceptmap-operation-translate.html">ConceptMap $translate</a>
 */
public final class ConceptTranslation implements IValidationSupport {
    private final FhirContext fhir;
    private final Supplier<List<ConceptMap>> maps;

    /** @param maps asked for at each question, since most servers are never asked one */
    ConceptTranslation(FhirContext fhir, Supplier<List<ConceptMap>> maps) {
        this.fhir = fhir;
        this.maps = maps;
    }

    @Override
    public FhirContext getFhirContext() {
        return fhir;
    }

    @Override
    public String getName() {
        return "Concept maps of the IG package";
    }

    @Override
    public @Nullable TranslateConceptResults translateConcept(TranslateCodeRequest request) {
        List<TranslateConceptResult> found = maps.get().stream()
                .filter(map -> isAsked(request.getConceptMapUrl(), map.getUrl()))
                .flatMap(map -> map.getGroup().stream()
                        .filter(group -> isAsked(
                                request.getTargetSystemUrl(),
                                request.isReverse() ? group.getSource() : group.getTarget()))
                        .flatMap(group -> request.getCodings().stream()
                                .flatMap(coding -> request.isReverse()
                                        ? sources(map, group, coding)
                                        : targets(map, group, coding))))
                .toList();
        if (found.isEmpty()) {
            return null;
        }
        TranslateConceptResults results = new TranslateConceptResults();
        results.setResults(new ArrayList<>(found));
        results.setResult(found.stream().anyMatch(result -> isMatch(result.getEquivalence())));
        results.setMessage(results.getResult() ? "Matches found" : "No match: the target has no such concept");
        return results;
    }

    private static boolean isAsked(@Nullable String wanted, String present) {
        return wanted == null || wanted.isEmpty() || wanted.equals(present);
    }

    private static Stream<TranslateConceptResult> targets(
            ConceptMap map, ConceptMap.ConceptMapGroupComponent group, IBaseCoding coding) {
        return group.getElement().stream()
                .filter(source -> group.getSource().equals(coding.getSystem())
                        && source.getCode().equals(coding.getCode()))
                .flatMap(source -> source.getTarget().stream())
                .map(target -> result(map, group, target));
    }

    private static Stream<TranslateConceptResult> sources(
            ConceptMap map, ConceptMap.ConceptMapGroupComponent group, IBaseCoding coding) {
        if (!group.getTarget().equals(coding.getSystem())) {
            return Stream.empty();
        }
        return group.getElement().stream()
                .flatMap(source -> source.getTarget().stream()
                        .filter(target -> coding.getCode().equals(target.getCode()))
                        .map(target -> new TranslateConceptResult()
                                .setSystem(group.getSource())
                                .setCode(source.getCode())
                                .setDisplay(source.getDisplay())
                                .setEquivalence(
                                        reversed(target.getEquivalence()).toCode())
                                .setConceptMapUrl(map.getUrl())));
    }

    private static ConceptMapEquivalence reversed(ConceptMapEquivalence equivalence) {
        return switch (equivalence) {
            case WIDER -> ConceptMapEquivalence.NARROWER;
            case NARROWER -> ConceptMapEquivalence.WIDER;
            case SUBSUMES -> ConceptMapEquivalence.SPECIALIZES;
            case SPECIALIZES -> ConceptMapEquivalence.SUBSUMES;
            default -> equivalence;
        };
    }

    private static TranslateConceptResult result(
            ConceptMap map, ConceptMap.ConceptMapGroupComponent group, ConceptMap.TargetElementComponent target) {
        TranslateConceptResult result = new TranslateConceptResult()
                .setSystem(group.getTarget())
                .setEquivalence(target.getEquivalence().toCode())
                .setConceptMapUrl(map.getUrl());
        return target.hasCode() ? result.setCode(target.getCode()).setDisplay(target.getDisplay()) : result;
    }

    private static boolean isMatch(String equivalence) {
        return !equivalence.equals(ConceptMapEquivalence.UNMATCHED.toCode())
                && !equivalence.equals(ConceptMapEquivalence.DISJOINT.toCode());
    }
}
