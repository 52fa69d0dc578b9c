// SPDX-License-Identifier: Apache-2.0
/**
 * IOP FHIR: a FHIR R4 server whose rooms are the things that an intensive outpatient program does.
 *
 * <ul>
 *   <li>{@code server}: wiring, the stages of a request, HTTP settings, the capability statement
 *   <li>{@code access}: who is asking, and what he may
 *   <li>{@code outcome}: every way in which the server says no
 *   <li>{@code storage}: resources in a database; the only room that knows HAPI JPA
 *   <li>{@code conformance}: the IG package, validation, terminology
 *   <li>{@code access}: scopes, roles and the one decision
 *   <li>{@code smart}: the authorization server, for apps and systems
 *   <li>{@code sandbox}: the invented patients that a developer starts with
 * </ul>
 *
 * <p>Features never see each other, nor {@code server}; {@code outcome} sees nobody. RoomsTest holds these directions.
 */
@NullMarked
package org.iopfhir;

import org.jspecify.annotations.NullMarked;
