// SPDX-License-Identifier: Apache-2.0
/**
 * What stands before HAPI: every limit on what a stranger may send, checked before anything is parsed or looked up.
 * {@link org.iopfhir.server.edge.EdgeFilter} is the whole of it in order; {@link
 * org.iopfhir.server.edge.BodyArrival} lets slow clients wait without a thread.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">FHIR R4 RESTful API</a>
 */
@NullMarked
package org.iopfhir.server.edge;

import org.jspecify.annotations.NullMarked;
