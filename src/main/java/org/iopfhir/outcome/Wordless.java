// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.outcome;

/** Failures for the log, without their messages: those of libraries quote the input, which the log must not hold. */
public final class Wordless {

    private Wordless() {}

    /** A copy of the stack traces of {@code failure} and of its causes, with the names of their classes for messages. */
    public static Throwable of(Throwable failure) {
        Throwable copy = new Throwable(failure.getClass().getName());
        copy.setStackTrace(failure.getStackTrace());
        Throwable cause = failure.getCause();
        if (cause != null && cause != failure) {
            copy.initCause(of(cause));
        }
        return copy;
    }
}
