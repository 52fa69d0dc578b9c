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
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.ConceptMap.ConceptMapGroupComponent;
import org.hl7.fhir.r4.model.ConceptMap.SourceElementComponent;
import org.hl7.fhir.r4.model.Enumerations.ConceptMapEquivalence;
import org.hl7.fhir.r4.model.ValueSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TerminologyTest {
    private static final String B = "https://iop-fhir.org/fhir/";
    private static final String THIRD = B + "CodeSystem/asam-level-of-care-3";
    private static final String FOURTH = B + "CodeSystem/asam-level-of-care-4";
    private static final Set<ConceptMapEquivalence> SAYS_ENOUGH =
            EnumSet.of(ConceptMapEquivalence.EQUAL, ConceptMapEquivalence.EQUIVALENT, ConceptMapEquivalence.WIDER);

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
    void everyMapSpeaksOfEveryCodeOfOursThatItTranslates() {
        for (ConceptMap map : iop.all(ConceptMap.class)) {
            for (ConceptMapGroupComponent group : map.getGroup()) {
                List<String> mapped = group.getElement().stream()
                        .map(SourceElementComponent::getCode)
                        .toList();

                assertThat(mapped).as(map.getUrl()).doesNotHaveDuplicates();
                if (isOurs(group.getSource())) {
                    assertThat(mapped).as(map.getUrl()).containsExactlyInAnyOrderElementsOf(codes(group.getSource()));
                }
            }
        }
    }

    @Test
    void everyMapLeadsToCodesThatExist() {
        for (ConceptMap map : iop.all(ConceptMap.class)) {
            for (ConceptMapGroupComponent group : map.getGroup()) {
                assertThat(group.getElement())
                        .as(map.getUrl())
                        .flatExtracting(SourceElementComponent::getTarget)
                        .allSatisfy(target -> assertThat(target.hasCode())
                                .isEqualTo(target.getEquivalence() != ConceptMapEquivalence.UNMATCHED))
                        .filteredOn(target -> isOurs(group.getTarget()) && target.hasCode())
                        .allSatisfy(
                                target -> assertThat(codes(group.getTarget())).contains(target.getCode()));
            }
        }
    }

    @Test
    void everyTargetThatDiffersSaysHow() {
        assertThat(iop.all(ConceptMap.class))
                .flatExtracting(ConceptMap::getGroup)
                .flatExtracting(ConceptMapGroupComponent::getElement)
                .flatExtracting(SourceElementComponent::getTarget)
                .filteredOn(target -> !SAYS_ENOUGH.contains(target.getEquivalence()))
                .allSatisfy(target -> assertThat(target.getComment()).isNotBlank());
    }

    @Test
    void translatesTheLevelOfAnIopToWhatPayersAndStatesCallIt() {
        assertThat(targets(THIRD, "2.1", "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"))
                .containsExactly("H0015", "S9480");
        assertThat(targets(FOURTH, "2.1", "https://www.nubc.org/CodeSystem/RevenueCodes"))
                .containsExactly("0906");
        assertThat(targets(THIRD, "2.1", B + "CodeSystem/teds-service-type")).containsExactly("06");
        assertThat(targets(B + "CodeSystem/iop-service", "group-therapy", "http://www.ama-assn.org/go/cpt"))
                .containsExactly("90853");
    }

    @Test
    void readsTheCodesOfOthers() {
        assertThat(targets("https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets", "H0015", THIRD))
                .containsExactly("2.1");
        assertThat(targets("http://snomed.info/sct", "461481000124109", B + "CodeSystem/iop-service"))
                .containsExactly("peer-support");
        assertThat(targets(
                        "http://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets",
                        "H0005",
                        "https://www.cms.gov/Medicare/Coding/HCPCSReleaseCodeSets"))
                .containsExactly("H0005");
    }

    /** Colorado is the one state with a published FHIR guide; its codes come in and go out. */
    @ParameterizedTest
    @CsvSource({
        "bha-asam-level-of-care-cs, 2.1, asam-level-of-care-3, 2.1",
        "bha-asam-level-of-care-cs, OTS, asam-level-of-care-3, OTS",
        "bha-episode-identifier-cs, 09, asam-level-of-care-3, 2.1",
        "bha-episode-identifier-cs, 09, iop-program, iop",
        "bha-end-of-treatment-reason-cs, 3, iop-discharge-reason, lost-to-contact",
        "bha-end-of-treatment-reason-cs, 10, iop-discharge-reason, died",
        "bha-referral-source, 11, iop-referral-source, drug-court",
        "bha-referral-source, 17, iop-referral-source, unknown"
    })
    void translatesColoradoThereAndBack(String colorado, String theirs, String ours, String code) {
        String system = "http://bha.colorado.gov/fhir/bha-ig/CodeSystem/" + colorado;

        assertThat(targets(system, theirs, B + "CodeSystem/" + ours)).containsExactly(code);
        assertThat(targets(B + "CodeSystem/" + ours, code, system)).containsExactly(theirs);
    }

    @Test
    void saysThatAServiceHasNoCode() {
        TranslateConceptResults results = support.translateConcept(new IValidationSupport.TranslateCodeRequest(
                List.of(new Coding().setSystem(B + "CodeSystem/iop-service").setCode("yoga")),
                "http://snomed.info/sct"));

        assertThat(results.getResult()).isFalse();
    }

    private static boolean isOurs(String system) {
        return system.startsWith(B);
    }

    private List<String> targets(String system, String code, String target) {
        return support
                .translateConcept(new IValidationSupport.TranslateCodeRequest(
                        List.of(new Coding().setSystem(system).setCode(code)), target))
                .getResults()
                .stream()
                .map(TranslateConceptResult::getCode)
                .toList();
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
