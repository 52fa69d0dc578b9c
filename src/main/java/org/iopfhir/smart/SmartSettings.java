// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Duration;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * The embedded authorization server.
 *
 * @param enabled           whether it is there at all
 * @param clientsFile       the registered apps and systems
 * @param usersFile         who can sign in
 * @param keyLifetime       how long one key signs
 * @param offlineAccess     how long an app stays connected that was granted {@code offline_access}
 * @param registrationToken what a client shows that registers itself; empty: nobody registers himself
 * @param localKeys         whether the keys of a client may lie on this machine or in a private network
 */
@ConfigurationProperties("iop.smart")
public record SmartSettings(
        @DefaultValue("true") boolean enabled,
        @DefaultValue("./data/clients.json") String clientsFile,
        @DefaultValue("./data/users.json") String usersFile,
        @DefaultValue("90d") Duration keyLifetime,
        @DefaultValue("90d") Duration offlineAccess,
        @DefaultValue("") String registrationToken,
        @DefaultValue("false") boolean localKeys) {

    private static final int TOKEN_LENGTH = 32;

    public SmartSettings {
        if (keyLifetime.compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException("iop.smart.key-lifetime must be at least 1h");
        }
        if (offlineAccess.compareTo(Duration.ofHours(1)) < 0) {
            throw new IllegalArgumentException("iop.smart.offline-access must be at least 1h");
        }
        if (!registrationToken.isEmpty() && registrationToken.length() < TOKEN_LENGTH) {
            throw new IllegalArgumentException(
                    "iop.smart.registration-token must be empty or have at least " + TOKEN_LENGTH + " characters");
        }
    }
}
