// SPDX-License-Identifier: Apache-2.0
/**
 * Where resources are kept. The only room that knows HAPI JPA, Hibernate and JDBC: database settings, schema
 * migration, the storage settings that differ from HAPI's default, and the REST face of each stored type.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">FHIR R4 RESTful API</a>
 */
@NullMarked
package org.iopfhir.storage;

import org.jspecify.annotations.NullMarked;
