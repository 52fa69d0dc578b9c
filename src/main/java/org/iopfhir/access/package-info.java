// SPDX-License-Identifier: Apache-2.0
/**
 * Who is asking, and what may he do: access tokens become a {@link org.iopfhir.access.Caller}, and {@link
 * org.iopfhir.access.AccessPolicy} decides, with its reason, which resources of a type he reaches for which interaction.
 * Deny is the default: what neither a scope nor a role grants is refused.
 *
 * @see <a href="https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html">SMART App Launch 2.2,
 *     scopes</a>
 */
@NullMarked
package org.iopfhir.access;

import org.jspecify.annotations.NullMarked;
