// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;

/**
 * What the entries of a batch or transaction asked for, in the order of the answer; HAPI changes them while it works.
 *
 * @param batch   whether each entry stands alone
 * @param entries one for each entry of the Bundle
 */
public record BundleAsked(boolean batch, List<Entry> entries) {

    private static final String KEY = BundleAsked.class.getName();

    public BundleAsked {
        entries = List.copyOf(entries);
    }

    /**
     * One entry.
     *
     * @param verb {@code GET}, {@code POST} and so on; empty when the entry has none
     * @param url  as it came; empty when the entry has none
     */
    public record Entry(String verb, String url) {}

    /** What {@code request} asked for, if it is a batch or transaction that was read; empty otherwise. */
    public static BundleAsked of(RequestDetails request) {
        return request.getUserData().get(KEY) instanceof BundleAsked asked ? asked : new BundleAsked(false, List.of());
    }

    static void note(Bundle bundle, RequestDetails request) {
        List<Entry> entries = bundle.getEntry().stream()
                .map(Bundle.BundleEntryComponent::getRequest)
                .map(entry -> new Entry(
                        entry.getMethod() == null ? "" : entry.getMethod().toCode(),
                        entry.getUrl() == null ? "" : entry.getUrl()))
                .toList();
        request.getUserData().put(KEY, new BundleAsked(bundle.getType() == Bundle.BundleType.BATCH, entries));
    }
}
