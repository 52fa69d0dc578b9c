// SPDX-License-Identifier: Apache-2.0
/**
 * The embedded authorization server: who signs in, which app or system may act for whom, and the tokens that say so. It
 * is Spring Authorization Server, with what SMART App Launch 2.2 asks for beyond OAuth.
 *
 * <p>It answers below {@code /auth} and {@code /.well-known} and never sees a FHIR request.
 */
@NullMarked
package org.iopfhir.smart;

import org.jspecify.annotations.NullMarked;
