// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.model.util.JpaConstants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.ArrayList;
import java.util.List;

/**
 * The labels of an update, stored as they are in the resource. HAPI would add those of the version before, so that a
 * resource raised from R to V would be both; it looks at a header of the client to find out.
 */
public final class ExactLabels {

    private static final String LABELS = "SECURITY_LABEL";

    /** What HAPI replaces when nobody says anything. */
    private static final String DEFAULT = "PROFILE";

    private ExactLabels() {}

    /** Let all that {@code request} writes from now on be stored with exactly its own labels. */
    public static void require(RequestDetails request) {
        List<String> modes = request.getHeaders(JpaConstants.HEADER_META_SNAPSHOT_MODE);
        if (modes == null || modes.isEmpty()) {
            request.setHeaders(JpaConstants.HEADER_META_SNAPSHOT_MODE, List.of(DEFAULT, LABELS));
        } else if (!modes.contains(LABELS)) {
            List<String> more = new ArrayList<>(modes);
            more.add(LABELS);
            request.setHeaders(JpaConstants.HEADER_META_SNAPSHOT_MODE, more);
        }
    }
}
