// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Tells who looks. */
public interface Viewers {

    /** Who sent {@code request}; empty when the server asks itself, which sees everything. */
    Optional<Viewer> of(@Nullable RequestDetails request);
}
