// SPDX-License-Identifier: Apache-2.0
/** Seals what the database holds and must not tell. It knows nothing of what it seals. */
@NullMarked
package org.iopfhir.seal;

import org.jspecify.annotations.NullMarked;
