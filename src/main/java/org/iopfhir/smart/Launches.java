// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.time.Clock;
import java.time.Duration;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Launches that an EHR has announced: each is good once, for five minutes, for one app. */
record Launches(Entries entries, Clock clock) {

    private static final String KIND = "launch";
    private static final Duration PATIENCE = Duration.ofMinutes(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    /**
     * @param client that is opened
     * @param user   who must sign in; {@code null} for anybody
     */
    record Launch(String client, @Nullable String user, LaunchContext context) {}

    /** Announce a launch, and return the value of the {@code launch} parameter. */
    String announce(Launch launch) {
        try {
            String id = Secrets.random();
            long until = clock.millis() + PATIENCE.toMillis();
            entries.put(KIND, Secrets.hash(id), launch.client(), JSON.writeValueAsString(launch), until);
            return id;
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }

    /** The launch that was announced for a client under this value; whoever else shows it ends it. */
    Optional<Launch> redeem(String id, String client) {
        return entries.take(KIND, Secrets.hash(id))
                .map(Launches::read)
                .filter(launch -> launch.client().equals(client));
    }

    private static Launch read(String text) {
        try {
            return JSON.readValue(text, Launch.class);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException(e);
        }
    }
}
