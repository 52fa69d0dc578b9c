// SPDX-License-Identifier: Apache-2.0
/** What the tests over HTTP share: one running server per JVM, a client of few words, and invented resources. */
@NullMarked
package org.iopfhir.testing;

import org.jspecify.annotations.NullMarked;
