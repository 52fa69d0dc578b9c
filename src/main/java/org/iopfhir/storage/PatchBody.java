// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.PatchTypeEnum;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import org.hl7.fhir.instance.model.api.IBaseParameters;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.jspecify.annotations.Nullable;

/**
 * The body of a PATCH.
 *
 * @param text       as it came
 * @param operations the same as a resource when it is a FHIRPath Patch
 */
record PatchBody(String text, @Nullable IBaseParameters operations) {

    /**
     * Read {@code text}. HAPI would fail, as if the fault were its own, on a body that is absent or of another shape.
     *
     * @throws InvalidRequestException when it is not what its content type says
     */
    static PatchBody read(FhirContext fhir, PatchTypeEnum kind, @Nullable String text) {
        if (text == null || text.isBlank()) {
            throw new InvalidRequestException("A PATCH must have a body");
        }
        return switch (kind) {
            case JSON_PATCH -> {
                if (!text.strip().startsWith("[")) {
                    throw new InvalidRequestException("A JSON Patch must be an array of operations");
                }
                yield new PatchBody(text, null);
            }
            case FHIR_PATCH_JSON ->
                new PatchBody(text, parameters(fhir.newJsonParser().parseResource(text)));
            case FHIR_PATCH_XML ->
                new PatchBody(text, parameters(fhir.newXmlParser().parseResource(text)));
            case XML_PATCH -> throw new InvalidRequestException("XML Patch is not served; send a FHIRPath Patch");
        };
    }

    private static IBaseParameters parameters(IBaseResource resource) {
        if (resource instanceof IBaseParameters parameters) {
            return parameters;
        }
        throw new InvalidRequestException("A FHIRPath Patch must be a Parameters resource");
    }
}
