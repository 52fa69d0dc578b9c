// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What an app has asked for, while its user signs in and decides. It was checked when it came.
 *
 * @param asked     the request itself
 * @param scopes    what of the asked scopes the app can be granted
 * @param context   upon what it is opened, as far as that is known
 * @param forUser   who must sign in; {@code null} for anybody
 * @param signedInSince milliseconds since 1970 before which a sign-in is too old
 * @param consent   whether the user must be asked in any case
 */
record PendingRequest(
        Asked asked,
        List<String> scopes,
        LaunchContext context,
        @Nullable String forUser,
        long signedInSince,
        boolean consent) {

    private static final ObjectMapper JSON = new ObjectMapper();

    /** As it came. */
    record Asked(
            String client,
            String redirect,
            String state,
            String challenge,
            @Nullable String nonce) {}

    PendingRequest upon(LaunchContext other) {
        return new PendingRequest(asked, scopes, other, forUser, signedInSince, consent);
    }

    /** Keeps requests for as long as a person may take. */
    record Store(Entries entries, Clock clock) {

        private static final String KIND = "request";
        private static final Duration PATIENCE = Duration.ofMinutes(15);

        /** Keep a request, and return the name under which its pages know it. */
        String keep(PendingRequest request) {
            String id = Secrets.random();
            replace(id, request);
            return id;
        }

        void replace(String id, PendingRequest request) {
            try {
                long until = clock.millis() + PATIENCE.toMillis();
                entries.put(KIND, Secrets.hash(id), "", JSON.writeValueAsString(request), until);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }

        Optional<PendingRequest> find(String id) {
            return entries.find(KIND, Secrets.hash(id)).map(Store::read);
        }

        /** Give a request to the one caller who finishes it. */
        Optional<PendingRequest> take(String id) {
            return entries.take(KIND, Secrets.hash(id)).map(Store::read);
        }

        private static PendingRequest read(String text) {
            try {
                return JSON.readValue(text, PendingRequest.class);
            } catch (JsonProcessingException e) {
                throw new IllegalStateException(e);
            }
        }
    }
}
