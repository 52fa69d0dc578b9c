// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.Optional;
import java.util.function.Function;
import org.eclipse.jetty.http.BadMessageException;
import org.iopfhir.outcome.Refusal;

/** Recognises a form or query that Jetty could not decode, such as one with {@code %ZZ} in it. */
final class BrokenEscapes implements Function<Throwable, Optional<Refusal>> {

    @Override
    public Optional<Refusal> apply(Throwable failure) {
        return failure instanceof BadMessageException
                ? Optional.of(new Refusal.Malformed("The parameters are not well escaped in UTF-8"))
                : Optional.empty();
    }
}
