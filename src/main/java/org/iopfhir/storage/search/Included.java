// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.hl7.fhir.instance.model.api.IAnyResource;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * What a page of a search includes, by type and id. HAPI's own order comes from the size of a table of hashes, which had
 * room for what is hidden too, and so told of it.
 */
final class Included {

    private static final Comparator<IBaseResource> BY_ID = Comparator.comparing(IBaseResource::fhirType)
            .thenComparing(resource -> resource.getIdElement().getIdPart());

    private Included() {}

    /** The same page, in order. */
    static IBundleProvider inOrder(IBundleProvider page, SearchLimits limits) {
        List<IBaseResource> all = new ArrayList<>();
        List<IBaseResource> included = new ArrayList<>();
        page.getResources(0, Integer.MAX_VALUE)
                .forEach(resource -> (isIncluded(resource) ? included : all).add(resource));
        limits.checkIncluded(included.size());
        included.sort(BY_ID);
        all.addAll(included);
        SimpleBundleProvider ordered = new SimpleBundleProvider(all, page.getUuid());
        ordered.setSize(page.size());
        ordered.setPreferredPageSize(page.preferredPageSize());
        ordered.setCurrentPageOffset(page.getCurrentPageOffset());
        ordered.setCurrentPageSize(page.getCurrentPageSize());
        return ordered;
    }

    private static boolean isIncluded(IBaseResource resource) {
        return resource instanceof IAnyResource any
                && ResourceMetadataKeyEnum.ENTRY_SEARCH_MODE.get(any) == BundleEntrySearchModeEnum.INCLUDE;
    }
}
