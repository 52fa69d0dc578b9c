// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.util.Set;
import org.hl7.fhir.r4.model.AuditEvent;
import org.iopfhir.storage.journal.AuditRow;
import org.jspecify.annotations.Nullable;

/** How a row of the journal and an AuditEvent say the same. */
public interface AuditForm {

    /**
     * The AuditEvent of a row that this server wrote.
     *
     * @param patients ids of the only patients whom the reader may see; {@code null} when he may see all
     */
    AuditEvent event(AuditRow row, @Nullable Set<String> patients);

    /** The row of an AuditEvent that a client described, which has its id. */
    AuditRow row(AuditEvent event);
}
