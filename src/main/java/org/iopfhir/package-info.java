// SPDX-License-Identifier: Apache-2.0
/** The server's front door; each package below is a room, named for what people in a clinic do there. */
@NullMarked
package org.iopfhir;

import org.jspecify.annotations.NullMarked;
