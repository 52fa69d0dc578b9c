// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.parser.StrictErrorHandler;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.ConceptMap;
import org.hl7.fhir.r4.model.ImplementationGuide;
import org.hl7.fhir.r4.model.MetadataResource;
import org.hl7.fhir.r4.model.OperationDefinition;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.SearchParameter;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;
import org.iopfhir.outcome.Problem;

/**
 * Everything that this room offers, made once at start.
 *
 * @param fhir the one FHIR context of the server, with this terminology behind it
 * @param iop the IG package of this project
 * @param terminology definitions and codes, ours and those of base R4
 * @param check the validation of a resource
 */
public record Conformance(FhirContext fhir, IgPackage iop, Terminology terminology, ResourceCheck check) {

    /** Base of the canonical URLs of this project. */
    public static final String CANONICAL_BASE = "https://iop-fhir.org/fhir";

    private static final List<Class<? extends MetadataResource>> PUBLISHABLE = List.of(
            CapabilityStatement.class,
            CodeSystem.class,
            ConceptMap.class,
            ImplementationGuide.class,
            OperationDefinition.class,
            Questionnaire.class,
            SearchParameter.class,
            StructureDefinition.class,
            ValueSet.class);

    /** Open the package with a FHIR context as the server needs it: strict, and exact about references. */
    public static Conformance open() {
        FhirContext fhir = FhirContext.forR4Cached();
        // The lenient default drops what it does not understand, so a client would lose data with a 201.
        fhir.setParserErrorHandler(new StrictErrorHandler());
        // A version-specific reference names one version on purpose (Provenance, signed documents).
        fhir.getParserOptions().setStripVersionsFromReferences(false);
        return open(fhir);
    }

    /**
     * Open what the build put on the class path. Also makes the terminology the validation support of the context, or
     * HAPI would read all of R4 in XML for the first FHIRPath expression.
     */
    public static Conformance open(FhirContext fhir) {
        IgPackage iop = IgPackage.fromClassPath(fhir);
        CoreDefinitions core = CoreDefinitions.fromClassPath(fhir);
        Terminology terminology = new Terminology(fhir, iop, core);
        fhir.setValidationSupport(terminology.outlinedSupport());
        return new Conformance(fhir, iop, terminology, new ResourceCheck(fhir, iop, core, terminology));
    }

    /** The types of the package's artifacts of which there is at least one. */
    public List<Class<? extends MetadataResource>> publishedTypes() {
        return PUBLISHABLE.stream().filter(iop::has).toList();
    }

    /** What serves the package: its artifacts by id and canonical URL, and the terminology operations. */
    public List<Object> providers() {
        List<Object> providers = new ArrayList<>();
        publishedTypes().forEach(type -> providers.add(artifacts(type)));
        providers.add(new TerminologyOperations(terminology.answers(), iop));
        return providers;
    }

    /**
     * {@code $validate} for one type.
     *
     * @param rules what else a write by the same request would say, from comparing with other records; may refuse
     */
    public Object validateOperation(String type, BiFunction<Resource, RequestDetails, List<Problem>> rules) {
        return new ValidateOperation<>(fhir.getResourceDefinition(type).getImplementingClass(), check, rules);
    }

    private <T extends MetadataResource> PublishedArtifacts<T> artifacts(Class<T> type) {
        return new PublishedArtifacts<>(type, () -> iop.all(type));
    }
}
