// SPDX-License-Identifier: Apache-2.0
/**
 * What 42 CFR Part 2 asks of the records of a program: how they are labelled, who may be shown them with which consent,
 * and what goes with them when they are disclosed.
 *
 * @see <a href="https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2">42 CFR Part 2</a>
 */
@NullMarked
package org.iopfhir.consent;

import org.jspecify.annotations.NullMarked;
