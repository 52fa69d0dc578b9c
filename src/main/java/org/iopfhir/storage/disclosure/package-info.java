// SPDX-License-Identifier: Apache-2.0

/**
 * Who may see which record, inside the database: what each record is, what each consent permits, and the condition that
 * puts both into every query. What the law says is the matter of the room {@code consent}; here are only its results.
 */
@NullMarked
package org.iopfhir.storage.disclosure;

import org.jspecify.annotations.NullMarked;
