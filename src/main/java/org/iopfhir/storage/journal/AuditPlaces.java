// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Where the journal of accesses is kept.
 *
 * @param database with its tables made
 * @param spool    beside it; {@code null} where other nodes may share the database
 */
record AuditPlaces(JdbcOperations database, @Nullable AuditSpool spool) {}
