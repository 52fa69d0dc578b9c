// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.common.hapi.validation.support.BaseValidationSupportWrapper;
import org.hl7.fhir.common.hapi.validation.support.CommonCodeSystemsTerminologyService;
import org.hl7.fhir.common.hapi.validation.support.InMemoryTerminologyServerValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.PrePopulatedValidationSupport;
import org.hl7.fhir.common.hapi.validation.support.ValidationSupportChain;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.ConceptMap;

/**
 * Answer what definitions and codes mean: those of our package and those of base R4, from memory and never from the
 * network. A code system that is not shipped, such as CPT, is unknown here.
 */
public final class Terminology {
    /** What is cached never changes while the server runs; the time only bounds what is kept of rare questions. */
    private static final Duration KEPT = Duration.ofHours(12);

    private final IValidationSupport support;
    private final IValidationSupport outlined;
    private final IValidationSupport answers;

    public Terminology(FhirContext fhir, IgPackage iop, CoreDefinitions core) {
        List<CodeSystem> excerpts = iop.excerpts();
        List<IValidationSupport> known = List.of(
                new PackageDefinitions(fhir, iop),
                new AddedCodes(
                        fhir,
                        core,
                        excerpts.stream()
                                .filter(excerpt -> isComplete(core, excerpt))
                                .toList()),
                core,
                new ConceptTranslation(fhir, () -> iop.all(ConceptMap.class)),
                new CommonCodeSystemsTerminologyService(fhir),
                new InMemoryTerminologyServerValidationSupport(fhir));
        ValidationSupportChain chain = chain(known);
        PrePopulatedValidationSupport parts = new PrePopulatedValidationSupport(fhir);
        excerpts.stream().filter(excerpt -> !isComplete(core, excerpt)).forEach(parts::addCodeSystem);
        this.answers = chain(Stream.concat(Stream.of(parts), known.stream()).toList());
        this.support = chain;
        this.outlined = new Outlined(fhir, chain, iop, core);
    }

    /** Return the definitions and codes as HAPI asks for them: expand, validate, look up, translate, fetch. */
    public IValidationSupport support() {
        return support;
    }

    /**
     * Return what a client may ask: the same, and the parts of LOINC and SNOMED CT that are shipped. Validation must not
     * see these, or it would take a part for the whole and complain of every other code.
     */
    public IValidationSupport answers() {
        return answers;
    }

    /**
     * Return the same as {@link #support()}, except that a question for <em>all</em> structure definitions is answered with outlines: the
     * names and kinds of our profiles and of the R4 types without their elements. FHIRPath engines and the instance validator ask so only to
     * learn the names; to answer them in full would mean to parse and convert 210 definitions at every start. To be set
     * as the validation support of the {@link FhirContext}. Not to be put into a {@link ValidationSupportChain}, which
     * would keep the outlines and later serve them as definitions.
     */
    public IValidationSupport outlinedSupport() {
        return outlined;
    }

    private static ValidationSupportChain chain(List<IValidationSupport> supports) {
        ValidationSupportChain chain = new ValidationSupportChain(
                ValidationSupportChain.CacheConfiguration.defaultValues().setCacheTimeout(KEPT), supports);
        // An element may carry a code of ours beside codes of systems that are not shipped.
        chain.setCodeableConceptValidationSuccessfulIfNotAllCodingsAreValid(true);
        return chain;
    }

    /** Whether base R4 has the system of an excerpt, but for what the excerpt adds. */
    private static boolean isComplete(CoreDefinitions core, CodeSystem excerpt) {
        return core.isCodeSystemSupported(null, excerpt.getUrl())
                && !excerpt.getUrl().equals("http://snomed.info/sct");
    }

    private static final class Outlined extends BaseValidationSupportWrapper {
        private final IgPackage iop;
        private final CoreDefinitions core;

        Outlined(FhirContext fhir, IValidationSupport all, IgPackage iop, CoreDefinitions core) {
            super(fhir, all);
            this.iop = iop;
            this.core = core;
        }

        @Override
        @SuppressWarnings("unchecked")
        public <T extends IBaseResource> List<T> fetchAllStructureDefinitions() {
            return Stream.concat(iop.outlines().stream(), core.outlines().stream())
                    .map(outline -> (T) outline)
                    .toList();
        }

        @Override
        public boolean isCodeableConceptValidationSuccessfulIfNotAllCodingsAreValid() {
            return true;
        }
    }
}
