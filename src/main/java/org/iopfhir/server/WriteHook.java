// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.iopfhir.storage.DeleteMatch;
import org.iopfhir.storage.OwnReferences;
import org.jspecify.annotations.Nullable;

/** Lets storage have its say before each write, also inside a Bundle. */
@Interceptor
public final class WriteHook {

    private final OwnReferences references;

    WriteHook(OwnReferences references) {
        this.references = references;
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED, order = Stage.Order.PREPARE)
    public void beforeCreate(IBaseResource resource, @Nullable RequestDetails request) {
        references.makeRelative(resource, request);
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED, order = Stage.Order.PREPARE)
    public void beforeUpdate(IBaseResource before, IBaseResource after, @Nullable RequestDetails request) {
        references.makeRelative(after, request);
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED, order = Stage.Order.PREPARE)
    public void beforeDelete(IBaseResource resource, @Nullable RequestDetails request) {
        DeleteMatch.check(resource, request);
    }
}
