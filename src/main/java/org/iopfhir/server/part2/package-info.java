// SPDX-License-Identifier: Apache-2.0
/**
 * What a program owes its patients and its privacy officer about disclosures: the accounting of them, and why somebody
 * sees a record or not.
 *
 * @see <a href="https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2/section-2.25">42 CFR 2.25</a>
 */
@NullMarked
package org.iopfhir.server.part2;

import org.jspecify.annotations.NullMarked;
