// SPDX-License-Identifier: Apache-2.0
/**
 * The front of the house: the one wiring file, {@link org.iopfhir.server.FhirEndpoint}, the ordered
 * {@linkplain org.iopfhir.server.Stage stages} of a request, HTTP settings and the capability statement.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">FHIR R4 RESTful API</a>
 */
@NullMarked
package org.iopfhir.server;

import org.jspecify.annotations.NullMarked;
