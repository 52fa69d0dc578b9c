// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.CodeSystem;
import org.jspecify.annotations.Nullable;

/**
 * Complete the code systems of base R4 by the codes that HL7 added after that edition and that we use: what asks for the
 * system gets all of it. Made when first asked for, since ActCode is large. Stands before {@link CoreDefinitions}.
 */
final class AddedCodes implements IValidationSupport {
    private final FhirContext fhir;
    private final CoreDefinitions core;
    private final Map<String, CodeSystem> additions;
    private final Map<String, CodeSystem> completed = new ConcurrentHashMap<>();

    AddedCodes(FhirContext fhir, CoreDefinitions core, List<CodeSystem> additions) {
        this.fhir = fhir;
        this.core = core;
        this.additions = additions.stream().collect(Collectors.toMap(CodeSystem::getUrl, Function.identity()));
    }

    @Override
    public FhirContext getFhirContext() {
        return fhir;
    }

    @Override
    public String getName() {
        return "Codes added to those of base R4";
    }

    @Override
    public @Nullable IBaseResource fetchCodeSystem(String system) {
        int bar = system.indexOf('|');
        String url = bar < 0 ? system : system.substring(0, bar);
        CodeSystem added = additions.get(url);
        return added == null ? null : completed.computeIfAbsent(url, asked -> complete(added));
    }

    @Override
    public boolean isCodeSystemSupported(@Nullable ValidationSupportContext context, @Nullable String system) {
        return system != null && additions.containsKey(system);
    }

    private CodeSystem complete(CodeSystem added) {
        CodeSystem base = (CodeSystem) Objects.requireNonNull(core.fetchCodeSystem(added.getUrl()), added.getUrl());
        CodeSystem all = base.copy();
        added.getConcept().forEach(concept -> all.addConcept(concept.copy()));
        return all;
    }
}
