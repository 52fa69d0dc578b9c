// SPDX-License-Identifier: Apache-2.0
/**
 * The audit trail: who did what to whose record, as an AuditEvent by IHE Basic Audit Log Patterns.
 *
 * @see <a href="https://profiles.ihe.net/ITI/BALP/">IHE BALP</a>
 */
@NullMarked
package org.iopfhir.audit;

import org.jspecify.annotations.NullMarked;
