// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import org.jspecify.annotations.Nullable;

/** Who may do what. Storage asks before it does anything, and narrows what it does to the answer. */
public interface Gate {

    /**
     * What of {@code type} whoever sent {@code request} reaches for {@code use}; everything when it is the server's own.
     *
     * @return {@link Reach#NONE} when he may not at all
     */
    Reach reach(RestOperationTypeEnum use, String type, @Nullable RequestDetails request);

    /**
     * Check that an interaction or operation may be asked for at all. Deny is the default: what is not known here is
     * refused.
     *
     * @param type      {@code null} when it is about the whole system
     * @param operation name with its dollar sign; {@code null} for an interaction
     * @throws ForbiddenOperationException with the reason, when it may not
     */
    void check(
            RestOperationTypeEnum use,
            @Nullable String type,
            @Nullable String operation,
            @Nullable RequestDetails request);

    /**
     * As {@link #reach}, where reaching nothing is refused.
     *
     * @throws ForbiddenOperationException with the reason, when he may not
     */
    Reach require(RestOperationTypeEnum use, String type, @Nullable RequestDetails request);
}
