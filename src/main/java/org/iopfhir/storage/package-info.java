// SPDX-License-Identifier: Apache-2.0
/**
 * Where resources are kept. The only room, with those within it, that knows HAPI JPA, Hibernate and JDBC: the settings
 * of HAPI that differ from its default, the REST face of each stored type, Bundles, and whom a search reaches.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">FHIR R4 RESTful API</a>
 */
@NullMarked
package org.iopfhir.storage;

import org.jspecify.annotations.NullMarked;
