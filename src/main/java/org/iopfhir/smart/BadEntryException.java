// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

/** A file of clients or users cannot be read; the message names the file, the entry and what is wrong with it. */
public final class BadEntryException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    BadEntryException(String message) {
        super(message);
    }
}
