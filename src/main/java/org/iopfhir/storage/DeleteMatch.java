// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import java.util.HashMap;
import java.util.Map;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.jspecify.annotations.Nullable;

/** {@code ifMatch} of the DELETE entries of a Bundle, which HAPI ignores. */
public final class DeleteMatch {

    private static final String VERSIONS = DeleteMatch.class.getName();

    private DeleteMatch() {}

    /** Note for the hook, which sees only {@code request}, which versions {@code bundle} wants to delete. */
    static void note(Bundle bundle, RequestDetails request) {
        Map<String, String> versions = new HashMap<>();
        for (BundleEntryComponent entry : bundle.getEntry()) {
            if (entry.getRequest().getMethod() == HTTPVerb.DELETE
                    && entry.getRequest().hasIfMatch()) {
                String version = VersionMatch.version(entry.getRequest().getIfMatch());
                if (version != null) {
                    String url = entry.getRequest().getUrl();
                    versions.put(url.startsWith("/") ? url.substring(1) : url, version);
                }
            }
        }
        request.getUserData().put(VERSIONS, versions);
    }

    /** @throws PreconditionFailedException when {@code request} wants to delete another version of {@code resource} */
    public static void check(IBaseResource resource, @Nullable RequestDetails request) {
        if (request != null && request.getUserData().get(VERSIONS) instanceof Map<?, ?> versions) {
            Object wanted = versions.get(
                    resource.getIdElement().toUnqualifiedVersionless().getValue());
            if (wanted != null && !wanted.equals(resource.getIdElement().getVersionIdPart())) {
                throw new PreconditionFailedException(
                        "The current version is " + resource.getIdElement().getVersionIdPart() + ", not " + wanted);
            }
        }
    }
}
