// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.support.ConceptValidationOptions;
import ca.uhn.fhir.context.support.IValidationSupport;
import ca.uhn.fhir.context.support.IValidationSupport.CodeValidationResult;
import ca.uhn.fhir.context.support.IValidationSupport.LookupCodeResult;
import ca.uhn.fhir.context.support.IValidationSupport.TranslateCodeRequest;
import ca.uhn.fhir.context.support.IValidationSupport.ValueSetExpansionOutcome;
import ca.uhn.fhir.context.support.LookupCodeRequest;
import ca.uhn.fhir.context.support.ValidationSupportContext;
import ca.uhn.fhir.context.support.ValueSetExpansionOptions;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeSystem;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.UriType;
import org.hl7.fhir.r4.model.ValueSet;
import org.jspecify.annotations.Nullable;

/**
 * What a client asks about codes: expand, validate, look up, translate. Answers come from the package and base R4; a
 * system that is not shipped is said to be unknown, never guessed.
 *
 * @see <a href="https://hl7.org/fhir/R4/terminology-service.html">FHIR R4 terminology service</a>
 */
public final class TerminologyOperations {

    private final IValidationSupport support;
    private final ValidationSupportContext context;
    private final IgPackage published;

    public TerminologyOperations(IValidationSupport support, IgPackage published) {
        this.support = support;
        this.context = new ValidationSupportContext(support);
        this.published = published;
    }

    @Operation(name = "$expand", typeName = "ValueSet", idempotent = true)
    public ValueSet expand(
            @IdParam(optional = true) @Nullable IdType id,
            @OperationParam(name = "url") @Nullable UriType url,
            @OperationParam(name = "valueSet") @Nullable ValueSet inline,
            @OperationParam(name = "filter") @Nullable StringType filter,
            @OperationParam(name = "offset") @Nullable IntegerType offset,
            @OperationParam(name = "count") @Nullable IntegerType count) {
        ValueSetExpansionOptions options = new ValueSetExpansionOptions();
        if (filter != null) {
            options.setFilter(filter.getValue());
        }
        ValueSet valueSet = inline != null ? inline : valueSet(id, url);
        ValueSetExpansionOutcome outcome = support.expandValueSet(context, options, valueSet);
        if (outcome == null || outcome.getValueSet() == null) {
            String reason = outcome == null || outcome.getError() == null ? "" : ": " + outcome.getError();
            throw new UnprocessableEntityException("This value set cannot be expanded here" + reason);
        }
        return ExpansionPage.of((ValueSet) outcome.getValueSet(), offset, count);
    }

    @Operation(name = "$validate-code", typeName = "ValueSet", idempotent = true)
    public Parameters validateInValueSet(
            @IdParam(optional = true) @Nullable IdType id,
            @OperationParam(name = "url") @Nullable UriType url,
            @OperationParam(name = "code") @Nullable CodeType code,
            @OperationParam(name = "system") @Nullable UriType system,
            @OperationParam(name = "display") @Nullable StringType display,
            @OperationParam(name = "coding") @Nullable Coding coding,
            @OperationParam(name = "codeableConcept") @Nullable CodeableConcept concept) {
        ValueSet valueSet = valueSet(id, url);
        return validation(asked(code, system, display, coding, concept), valueSet.getUrl());
    }

    @Operation(name = "$validate-code", typeName = "CodeSystem", idempotent = true)
    public Parameters validateInCodeSystem(
            @OperationParam(name = "url") @Nullable UriType url,
            @OperationParam(name = "code") @Nullable CodeType code,
            @OperationParam(name = "display") @Nullable StringType display,
            @OperationParam(name = "coding") @Nullable Coding coding,
            @OperationParam(name = "codeableConcept") @Nullable CodeableConcept concept) {
        return validation(asked(code, url, display, coding, concept), null);
    }

    @Operation(name = "$lookup", typeName = "CodeSystem", idempotent = true)
    public Parameters lookup(
            @OperationParam(name = "code") @Nullable CodeType code,
            @OperationParam(name = "system") @Nullable UriType system,
            @OperationParam(name = "version") @Nullable StringType version,
            @OperationParam(name = "coding") @Nullable Coding coding,
            @OperationParam(name = "property", min = 0, max = OperationParam.MAX_UNLIMITED) @Nullable
                    List<CodeType> properties) {
        Coding asked = asked(code, system, null, coding, null).get(0);
        if (!asked.hasSystem()) {
            throw new InvalidRequestException("$lookup needs the system of the code: give code and system, or coding");
        }
        Set<String> wanted = properties == null
                ? Set.of()
                : properties.stream().map(CodeType::getValue).collect(Collectors.toSet());
        Parameters known = known(asked, version == null ? asked.getVersion() : version.getValue(), wanted);
        if (known != null) {
            return known;
        }
        LookupCodeResult result =
                support.lookupCode(context, new LookupCodeRequest(asked.getSystem(), asked.getCode()));
        if (result == null || !result.isFound()) {
            throw new ResourceNotFoundException("Code " + asked.getCode() + " is not known in " + asked.getSystem());
        }
        return (Parameters) result.toParameters(support.getFhirContext(), properties == null ? List.of() : properties);
    }

    /** What a code system says that is here as a resource; nothing of those that are built into HAPI, such as UCUM. */
    private @Nullable Parameters known(Coding asked, @Nullable String version, Set<String> wanted) {
        if (!(asked.hasSystem() && support.fetchCodeSystem(asked.getSystem()) instanceof CodeSystem system)) {
            return null;
        }
        if (version != null && !version.equals(system.getVersion())) {
            throw new ResourceNotFoundException(
                    "Of " + asked.getSystem() + " this server has version " + system.getVersion() + " only");
        }
        return new ConceptLookup(system, wanted).of(asked.getCode());
    }

    @Operation(name = "$translate", typeName = "ConceptMap", idempotent = true)
    public Parameters translate(
            @OperationParam(name = "url") @Nullable UriType map,
            @OperationParam(name = "code") @Nullable CodeType code,
            @OperationParam(name = "system") @Nullable UriType system,
            @OperationParam(name = "targetsystem") @Nullable UriType targetSystem,
            @OperationParam(name = "source") @Nullable UriType source,
            @OperationParam(name = "target") @Nullable UriType target,
            @OperationParam(name = "reverse") @Nullable BooleanType reverse,
            @OperationParam(name = "coding") @Nullable Coding coding,
            @OperationParam(name = "codeableConcept") @Nullable CodeableConcept concept) {
        if (source != null || target != null) {
            throw new InvalidRequestException("The maps of this server are between code systems and name no value sets:"
                    + " choose by url or targetsystem instead of source or target");
        }
        List<Coding> codings = asked(code, system, null, coding, concept);
        boolean isReverse = reverse != null && reverse.booleanValue();
        TranslateCodeRequest request = new TranslateCodeRequest(
                List.copyOf(codings), text(targetSystem), text(map), null, null, null, null, isReverse);
        return Translation.asParameters(support.translateConcept(request));
    }

    private ValueSet valueSet(@Nullable IdType id, @Nullable UriType url) {
        if (id != null) {
            return published.all(ValueSet.class).stream()
                    .filter(v -> v.getIdElement().getIdPart().equals(id.getIdPart()))
                    .findFirst()
                    .orElseThrow(() -> new ResourceNotFoundException(id));
        }
        if (url == null) {
            throw new InvalidRequestException("Name the value set by its url, or call the operation on an instance");
        }
        IBaseResource found = support.fetchValueSet(url.getValue());
        if (found == null) {
            throw new ResourceNotFoundException("Value set " + url.getValue() + " is not known here");
        }
        return (ValueSet) found;
    }

    private Parameters validation(List<Coding> codings, @Nullable String valueSetUrl) {
        CodeValidationResult last = null;
        for (Coding coding : codings) {
            ConceptValidationOptions options = new ConceptValidationOptions().setInferSystem(!coding.hasSystem());
            CodeValidationResult result = support.validateCode(
                    context, options, coding.getSystem(), coding.getCode(), coding.getDisplay(), valueSetUrl);
            if (result != null && result.isOk()) {
                return (Parameters) result.toParameters(support.getFhirContext());
            }
            last = result == null ? last : result;
        }
        if (last != null) {
            return (Parameters) last.toParameters(support.getFhirContext());
        }
        Parameters unknown = new Parameters();
        unknown.addParameter("result", false);
        unknown.addParameter("message", "The code system is not known here");
        return unknown;
    }

    private static List<Coding> asked(
            @Nullable CodeType code,
            @Nullable UriType system,
            @Nullable StringType display,
            @Nullable Coding coding,
            @Nullable CodeableConcept concept) {
        if (concept != null && concept.hasCoding()) {
            return concept.getCoding();
        }
        if (coding != null && coding.hasCode()) {
            return List.of(coding);
        }
        if (code == null || code.isEmpty()) {
            throw new InvalidRequestException("Give a code with its system, a coding or a codeableConcept");
        }
        return List.of(new Coding(text(system), code.getValue(), display == null ? null : display.getValue()));
    }

    private static @Nullable String text(@Nullable UriType uri) {
        return uri == null ? null : uri.getValue();
    }
}
