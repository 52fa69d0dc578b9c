// SPDX-License-Identifier: Apache-2.0
/**
 * The implementation guide as pages: one for each artifact of the package, written while the project is built and put on
 * the class path, so that the server only hands out files. Readable in any browser, without script and without knowing
 * FHIR's tools.
 *
 * @see <a href="https://www.w3.org/TR/WCAG22/">Web Content Accessibility Guidelines</a>
 */
@NullMarked
package org.iopfhir.conformance.guide;

import org.jspecify.annotations.NullMarked;
