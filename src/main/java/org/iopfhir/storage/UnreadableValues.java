// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.util.Optional;
import java.util.function.Function;
import org.iopfhir.outcome.Refusal;

/**
 * Recognises a value that turned out not to be what its parameter takes. HAPI reads the values of chains only when it
 * writes the SQL, and lets Java's own exception out.
 */
public final class UnreadableValues implements Function<Throwable, Optional<Refusal>> {

    @Override
    public Optional<Refusal> apply(Throwable failure) {
        return failure instanceof NumberFormatException
                ? Optional.of(new Refusal.Malformed("A value of the request is not a number"))
                : Optional.empty();
    }
}
