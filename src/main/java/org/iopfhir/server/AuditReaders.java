// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import java.util.Collections;
import java.util.Set;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Role;
import org.iopfhir.storage.AuditEventProvider;
import org.jspecify.annotations.Nullable;

/** Auditors and the program's own EHR read all events, a patient those about himself, and nobody else any. */
final class AuditReaders implements AuditEventProvider.Readers {

    private static final Set<Role> OF_ALL = Set.of(Role.AUDITOR, Role.PROGRAM_SYSTEM);

    @Override
    public @Nullable Set<String> patients(RequestDetails request) {
        Caller caller = AuditedRequest.caller(((ServletRequestDetails) request).getServletRequest());
        if (caller == null || !Collections.disjoint(caller.party().roles(), OF_ALL)) {
            return null;
        }
        String self = caller.self();
        return self == null ? Set.of() : Set.of(self);
    }
}
