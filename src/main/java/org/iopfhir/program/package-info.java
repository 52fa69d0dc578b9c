// SPDX-License-Identifier: Apache-2.0
/**
 * The course of treatment in an intensive outpatient program: what must hold between a plan, its goals and its episode
 * of care, and what a program looks at before it admits somebody. Each rule is listed in {@code rules.md}.
 *
 * @see <a href="http://hl7.org/fhir/R4/episodeofcare.html">EpisodeOfCare</a>
 * @see <a href="http://hl7.org/fhir/R4/careplan.html">CarePlan</a>
 */
@NullMarked
package org.iopfhir.program;

import org.jspecify.annotations.NullMarked;
