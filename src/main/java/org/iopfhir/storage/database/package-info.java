// SPDX-License-Identifier: Apache-2.0
/**
 * The database beneath: its settings and pool, how its tables are made and brought up to date by one node at a time, how
 * transactions begin and end, the upkeep of H2, and what its failures mean to a client. Knows nothing of FHIR resources.
 */
@NullMarked
package org.iopfhir.storage.database;

import org.jspecify.annotations.NullMarked;
