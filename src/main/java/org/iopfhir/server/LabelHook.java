// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.PrePatchDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.Labels;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.ExactLabels;
import org.jspecify.annotations.Nullable;

/**
 * Labels whatever is stored, however it comes here, and keeps labels from being lowered. After the check of what the
 * caller sends, which takes no labels from everybody, and before validation, which wants some.
 */
@Interceptor
public final class LabelHook {

    private static final String PATCHED = LabelHook.class.getName();

    @Hook(value = Pointcut.STORAGE_TRANSACTION_PROCESSING, order = Stage.Order.LABEL)
    public void beforeTransaction(IBaseBundle bundle) {
        Labels.handDown((Bundle) bundle);
    }

    /** HAPI tells nobody later on that an update is a patch; in a transaction it happens after all other entries. */
    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_PREPATCH, order = Stage.Order.LABEL)
    public void beforePatch(PrePatchDetails patch, @Nullable RequestDetails request) {
        if (request != null) {
            patched(request).add(name(patch.getResource()));
        }
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED, order = Stage.Order.LABEL)
    public void beforeCreate(IBaseResource resource) {
        Labels.stamp(null, (Resource) resource);
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED, order = Stage.Order.LABEL)
    public void beforeUpdate(IBaseResource before, IBaseResource after, @Nullable RequestDetails request) {
        boolean isPatch = request != null && patched(request).remove(name(before));
        // HAPI's own exception, since a batch takes an entry's outcome from no other.
        Labels.lowering((Resource) before, (Resource) after, isPatch).ifPresent(text -> {
            throw FailureTranslation.forbidden(text);
        });
        Labels.stamp((Resource) before, (Resource) after);
        if (request != null) {
            ExactLabels.require(request);
        }
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.LABEL)
    public void beforeAnswer(@Nullable IBaseResource answer) {
        if (answer instanceof Resource resource) {
            Labels.addBasis(resource);
        }
    }

    private static String name(IBaseResource resource) {
        return resource.getIdElement().toUnqualifiedVersionless().getValue();
    }

    @SuppressWarnings("unchecked")
    private static Set<String> patched(RequestDetails request) {
        return (Set<String>) request.getUserData().computeIfAbsent(PATCHED, any -> ConcurrentHashMap.newKeySet());
    }
}
