// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.util.FhirTerser;
import org.hl7.fhir.instance.model.api.IBaseReference;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.jspecify.annotations.Nullable;

/**
 * Stores a reference that a client wrote with this server's own base as the relative one that it means. The base is
 * that of the request, so a server that is reached by several names needs no list of them.
 */
public final class OwnReferences {

    private final FhirTerser terser;

    OwnReferences(FhirContext fhir) {
        this.terser = fhir.newTerser();
    }

    /** Change the references of {@code resource}, which is about to be stored. */
    public void makeRelative(IBaseResource resource, @Nullable RequestDetails request) {
        if (request == null || request.getFhirServerBase() == null) {
            return;
        }
        String base = request.getFhirServerBase() + "/";
        terser.getAllResourceReferences(resource).forEach(info -> {
            IBaseReference reference = info.getResourceReference();
            String url = reference.getReferenceElement().getValue();
            if (url != null && url.startsWith(base)) {
                reference.setReference(url.substring(base.length()));
            }
        });
    }
}
