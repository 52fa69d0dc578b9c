// SPDX-License-Identifier: Apache-2.0
/**
 * The invented patients that a developer starts with: the stories of the IG package, loaded at the first start so that
 * the first query answers something.
 */
@NullMarked
package org.iopfhir.sandbox;

import org.jspecify.annotations.NullMarked;
