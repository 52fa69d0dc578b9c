// SPDX-License-Identifier: Apache-2.0
/**
 * The hours of an intensive outpatient program: planned in the phases of a plan, delivered in sessions. The published
 * definitions of an IOP contradict each other, so each is a rule of its own with its own name, a warning unless the
 * operator chooses otherwise. Each rule is listed in {@code rules.md}.
 *
 * <p>A week is Monday to Sunday in the time zone of the program. A session counts with the time that really passed, also
 * where the clocks change, and on the day on which it begins.
 *
 * @see <a href="http://hl7.org/fhir/R4/encounter.html">Encounter</a>
 */
@NullMarked
package org.iopfhir.attendance;

import org.jspecify.annotations.NullMarked;
