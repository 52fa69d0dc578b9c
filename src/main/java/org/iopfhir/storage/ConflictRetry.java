// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.api.model.ResourceVersionConflictResolutionStrategy;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import org.jspecify.annotations.Nullable;

/**
 * Tries a write again that lost a race against another, so that the loser of two conditional creates is told which
 * resource there is now. A client that named the version it wants to change is told of the conflict at once.
 *
 * <p>The one hook that stands outside the stages of a request: HAPI asks it only when the database has refused, and what
 * it answers with is a type that no other room may know.
 */
@Interceptor
public final class ConflictRetry {

    private static final String NAMES_VERSIONS = ConflictRetry.class.getName();

    private static final int ATTEMPTS = 8;

    /** Tell that {@code request} is a Bundle with an {@code ifMatch} in it. */
    static void namesVersions(RequestDetails request) {
        request.getUserData().put(NAMES_VERSIONS, true);
    }

    @Hook(Pointcut.STORAGE_VERSION_CONFLICT)
    public ResourceVersionConflictResolutionStrategy onConflict(@Nullable RequestDetails request) {
        ResourceVersionConflictResolutionStrategy strategy = new ResourceVersionConflictResolutionStrategy();
        boolean again = request == null
                || (request.getHeader(Constants.HEADER_IF_MATCH) == null
                        && !request.getUserData().containsKey(NAMES_VERSIONS));
        strategy.setRetry(again);
        strategy.setMaxRetries(again ? ATTEMPTS : 0);
        return strategy;
    }
}
