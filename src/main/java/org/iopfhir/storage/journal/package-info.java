// SPDX-License-Identifier: Apache-2.0
/**
 * Where accesses and disclosures are written down before an answer leaves, and from where they are moved to the tables that
 * are searched. Nothing here changes or deletes what was once written.
 */
@NullMarked
package org.iopfhir.storage.journal;

import org.jspecify.annotations.NullMarked;
