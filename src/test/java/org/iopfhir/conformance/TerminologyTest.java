// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.ConceptValidationOptions;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.LookupCodeRequest;
import ca.uhn.fhir.context.support.TranslateConceptResult;
import ca.uhn.fhir.context.support.TranslateConceptResults;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.context.support.ValueSetExpansionOptions;
import java.util.List;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.ValueSet;
import org.junit.jupiter.api.Test;

class TerminologyTest {
    private static final String B = "https://iop-fhir.org/fhir/";
    private static final String THIRD = B + "CodeSystem/asam-level-of-care-3";
    private static final String FOURTH = B + "CodeSystem/asam-level-of-care-4";

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final IgPackage iop = IgPackage.fromClassPath(fhir);
    private final IValidationSupport support =
            new Terminology(fhir, iop, CoreDefinitions.fromClassPath(fhir)).support();
    private final ValidationSupportContext context = new ValidationSupportContext(support);

    @Test
    void expandsBothEditionsOfTheLevels() {
        ValueSet expanded = (ValueSet)
                support.expandValueSet(context, new ValueSetExpansionOptions(), B + "ValueSet/asam-level-of-care")
                        .getValueSet();

        assertThat(expanded.getExpansion().getContains())
                .extracting(code -> code.getSystem() + "#" + code.getCode())
                .contains(THIRD + "#2.1", FOURTH + "#2.1", THIRD + "#OTS")
                .hasSize(24);
    }

    @Test
    void knowsWhichCodesAreInAValueSet() {
        assertThat(isAttendance("late")).isTrue();
        assertThat(isAttendance("asleep")).isFalse();
    }

    @Test
    void looksUpDisplays() {
        var found = support.lookupCode(context, new LookupCodeRequest(FOURTH, "2.1"));

        assertThat(found.isFound()).isTrue();
        assertThat(found.getCodeDisplay()).isEqualTo("Level 2.1 Intensive outpatient");
    }

    @Test
    void answersForBaseR4AndNotForCpt() {
        assertThat(support.isCodeSystemSupported(context, "http://terminology.hl7.org/CodeSystem/v3-ActCode"))
                .isTrue();
        assertThat(support.isCodeSystemSupported(context, "http://www.ama-assn.org/go/cpt"))
                .isFalse();
    }

    @Test
    void translatesALevelToTheFourthEdition() {
        TranslateConceptResults results = translate("2.1");

        assertThat(results.getResult()).isTrue();
        assertThat(results.getResults())
                .extracting(TranslateConceptResult::getCode, TranslateConceptResult::getEquivalence)
                .containsExactly(org.assertj.core.groups.Tuple.tuple("2.1", "equivalent"));
    }

    @Test
    void saysThatALevelHasNoSuccessor() {
        TranslateConceptResults results = translate("0.5");

        assertThat(results.getResult()).isFalse();
        assertThat(results.getResults())
                .extracting(TranslateConceptResult::getEquivalence)
                .containsExactly("unmatched");
    }

    @Test
    void everyMappedCodeExists() {
        List<String> third = codes(THIRD);
        List<String> fourth = codes(FOURTH);

        assertThat(iop.all(ConceptMap.class)).singleElement().satisfies(map -> {
            assertThat(map.getGroupFirstRep().getElement())
                    .extracting(ConceptMap.SourceElementComponent::getCode)
                    .containsExactlyInAnyOrderElementsOf(third);
            assertThat(map.getGroupFirstRep().getElement())
                    .flatExtracting(ConceptMap.SourceElementComponent::getTarget)
                    .filteredOn(ConceptMap.TargetElementComponent::hasCode)
                    .allSatisfy(target -> assertThat(fourth).contains(target.getCode()));
        });
    }

    private List<String> codes(String system) {
        return ((CodeSystem) iop.find(system).orElseThrow())
                .getConcept().stream()
                        .map(CodeSystem.ConceptDefinitionComponent::getCode)
                        .toList();
    }

    private boolean isAttendance(String code) {
        return support.validateCode(
                        context,
                        new ConceptValidationOptions(),
                        B + "CodeSystem/iop-attendance",
                        code,
                        null,
                        B + "ValueSet/iop-attendance")
                .isOk();
    }

    private TranslateConceptResults translate(String level) {
        return support.translateConcept(new IValidationSupport.TranslateCodeRequest(
                List.of(new Coding().setSystem(THIRD).setCode(level)), FOURTH));
    }
}
