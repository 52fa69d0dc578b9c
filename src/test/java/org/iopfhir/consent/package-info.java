// SPDX-License-Identifier: Apache-2.0
/**
 * Consents by example, by case and by chance. {@link org.iopfhir.consent.Scenarios} makes consents and requests, and {@link
 * org.iopfhir.consent.PlainRules} decides them without the server's code.
 */
@NullMarked
package org.iopfhir.consent;

import org.jspecify.annotations.NullMarked;
