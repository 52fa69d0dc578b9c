// SPDX-License-Identifier: Apache-2.0
/**
 * What a search asks: its parameters and their values as the specification reads them, what it includes, its pages and its
 * limits. Who may see what it finds is asked elsewhere.
 */
@NullMarked
package org.iopfhir.storage.search;

import org.jspecify.annotations.NullMarked;
