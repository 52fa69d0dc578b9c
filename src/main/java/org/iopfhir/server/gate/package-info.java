// SPDX-License-Identifier: Apache-2.0
/**
 * Who is asking, at the door: the access token of each request, and what the room {@code access} decides about it, told
 * to storage.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6750">RFC 6750, bearer tokens</a>
 */
@NullMarked
package org.iopfhir.server.gate;

import org.jspecify.annotations.NullMarked;
