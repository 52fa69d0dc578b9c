// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import java.util.List;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.Questionnaire;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.hl7.fhir.r4.model.ValueSet;
import org.jspecify.annotations.Nullable;

/**
 * Give HAPI's validator the definitions, codes and questionnaires of the package, each read when it is first asked for.
 * Safe for use by many threads.
 */
final class PackageDefinitions implements IValidationSupport {
    private final FhirContext fhir;
    private final IgPackage iop;

    PackageDefinitions(FhirContext fhir, IgPackage iop) {
        this.fhir = fhir;
        this.iop = iop;
    }

    @Override
    public FhirContext getFhirContext() {
        return fhir;
    }

    @Override
    public String getName() {
        return "IG package";
    }

    @Override
    @SuppressWarnings("unchecked")
    public <T extends IBaseResource> List<T> fetchAllStructureDefinitions() {
        return (List<T>) iop.all(StructureDefinition.class);
    }

    @Override
    public @Nullable IBaseResource fetchStructureDefinition(@Nullable String url) {
        return find(StructureDefinition.class, url);
    }

    @Override
    public @Nullable IBaseResource fetchCodeSystem(@Nullable String system) {
        return find(CodeSystem.class, system);
    }

    @Override
    public @Nullable IBaseResource fetchValueSet(@Nullable String url) {
        return find(ValueSet.class, url);
    }

    /** Questionnaires are asked for in this way only. */
    @Override
    public <T extends IBaseResource> @Nullable T fetchResource(@Nullable Class<T> type, @Nullable String url) {
        return type == Questionnaire.class
                ? type.cast(find(Questionnaire.class, url))
                : IValidationSupport.super.fetchResource(type, url);
    }

    @Override
    public boolean isCodeSystemSupported(@Nullable ValidationSupportContext context, @Nullable String system) {
        return system != null && iop.has(CodeSystem.class, system);
    }

    @Override
    public boolean isValueSetSupported(@Nullable ValidationSupportContext context, @Nullable String url) {
        return url != null && iop.has(ValueSet.class, url);
    }

    private <T extends IBaseResource> @Nullable T find(Class<T> type, @Nullable String url) {
        return url == null
                ? null
                : iop.find(url).filter(type::isInstance).map(type::cast).orElse(null);
    }
}
