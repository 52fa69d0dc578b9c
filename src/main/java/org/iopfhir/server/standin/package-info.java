// SPDX-License-Identifier: Apache-2.0
/**
 * What many records of an answer say alike, encoded once: short elements stand for their security labels and notices while
 * HAPI writes the answer, and the remembered text takes their place on the way out.
 */
@NullMarked
package org.iopfhir.server.standin;

import org.jspecify.annotations.NullMarked;
