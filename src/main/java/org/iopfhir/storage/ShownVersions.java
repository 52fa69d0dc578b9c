// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.server.method.ResponsePage.ResponsePageBuilder;
import java.util.Date;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IPrimitiveType;
import org.iopfhir.storage.disclosure.Looking;
import org.iopfhir.storage.disclosure.Viewer;
import org.jspecify.annotations.Nullable;

/**
 * A history without the versions that were taken out because they may not be shown: HAPI leaves a hole, and trips on it.
 *
 * @param viewer who is to see the history of a type, without what is hidden from him; empty: all of it is found
 */
record ShownVersions(IBundleProvider all, Optional<Viewer> viewer) implements IBundleProvider {

    @Override
    public IPrimitiveType<Date> getPublished() {
        return Looking.during(viewer, all::getPublished);
    }

    @Override
    public List<IBaseResource> getResources(int from, int to) {
        return Looking.during(viewer, () -> shown(all.getResources(from, to)));
    }

    @Override
    public List<IBaseResource> getResources(int from, int to, ResponsePageBuilder page) {
        return Looking.during(viewer, () -> shown(all.getResources(from, to, page)));
    }

    private static List<IBaseResource> shown(List<IBaseResource> found) {
        return found.stream().filter(Objects::nonNull).toList();
    }

    @Override
    public @Nullable String getUuid() {
        return all.getUuid();
    }

    @Override
    public @Nullable Integer preferredPageSize() {
        return all.preferredPageSize();
    }

    @Override
    public @Nullable Integer size() {
        return Looking.during(viewer, all::size);
    }

    @Override
    public @Nullable Integer getCurrentPageOffset() {
        return all.getCurrentPageOffset();
    }

    @Override
    public @Nullable Integer getCurrentPageSize() {
        return all.getCurrentPageSize();
    }
}
