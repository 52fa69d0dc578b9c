// SPDX-License-Identifier: Apache-2.0
/** The authorization server, asked over HTTP as apps and systems ask it. */
@NullMarked
package org.iopfhir.smart;

import org.jspecify.annotations.NullMarked;
