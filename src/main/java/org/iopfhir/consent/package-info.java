// SPDX-License-Identifier: Apache-2.0

/**
 * 42 CFR Part 2 in this server: what a consent permits, how records are labelled, what is said with what is disclosed.
 *
 * @see <a href="https://www.ecfr.gov/current/title-42/chapter-I/subchapter-A/part-2">42 CFR Part 2</a>
 */
@NullMarked
package org.iopfhir.consent;

import org.jspecify.annotations.NullMarked;
