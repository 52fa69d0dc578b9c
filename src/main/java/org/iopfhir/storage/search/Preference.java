// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.List;
import java.util.Locale;

/** What a client prefers, by the {@code Prefer} header. */
public final class Preference {

    private Preference() {}

    /** Whether unknown search parameters are to be ignored; without the preference they are refused. */
    public static boolean isLenient(RequestDetails request) {
        List<String> headers = request.getHeaders(Constants.HEADER_PREFER);
        return headers != null
                && headers.stream()
                        .flatMap(header -> List.of(header.split("[;,]")).stream())
                        .anyMatch(part -> part.trim().toLowerCase(Locale.ROOT).equals("handling=lenient"));
    }
}
