// SPDX-License-Identifier: Apache-2.0
/**
 * What happens to the server as a whole when things go wrong: it is killed, its database goes away, it is told to stop
 * under load, it is set up wrongly, or it is given a hundred patients that no one here wrote.
 */
@NullMarked
package org.iopfhir.reliability;

import org.jspecify.annotations.NullMarked;
