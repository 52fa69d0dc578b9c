// SPDX-License-Identifier: Apache-2.0
/**
 * Every way in which the server says no: a closed set of refusals, and the one place where they become an HTTP status
 * and an OperationOutcome. This room sees no other.
 *
 * @see <a href="https://hl7.org/fhir/R4/operationoutcome.html">FHIR R4 OperationOutcome</a>
 */
@NullMarked
package org.iopfhir.outcome;

import org.jspecify.annotations.NullMarked;
