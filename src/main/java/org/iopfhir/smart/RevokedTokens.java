// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.time.Clock;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import org.iopfhir.access.Revocations;

/**
 * Which access tokens were withdrawn, one by one or with the whole grant that they came from. What this node withdraws
 * holds at once, what another one does within a second.
 *
 * <p>The {@code jti} of a token that comes from a grant is the id of the grant, a dot, and something random.
 */
final class RevokedTokens implements Revocations {

    private static final String KIND = "revoked";
    private static final long BETWEEN_LOOKS = Duration.ofSeconds(1).toNanos();

    private final Entries entries;
    private final Clock clock;

    private volatile Set<String> revoked = Set.of();
    private volatile long lastLook = System.nanoTime() - BETWEEN_LOOKS;

    RevokedTokens(Entries entries, Clock clock) {
        this.entries = entries;
        this.clock = clock;
    }

    /** The {@code jti} of a new token of a grant. */
    static String newTokenOf(String grant) {
        return grant + "." + Secrets.random(16);
    }

    @Override
    public boolean isRevoked(String jti) {
        if (System.nanoTime() - lastLook >= BETWEEN_LOOKS) {
            look();
        }
        int dot = jti.indexOf('.');
        return revoked.contains(jti) || (dot > 0 && revoked.contains(jti.substring(0, dot)));
    }

    private synchronized void look() {
        if (System.nanoTime() - lastLook >= BETWEEN_LOOKS) {
            revoked = Set.copyOf(entries.all(KIND));
            lastLook = System.nanoTime();
        }
    }

    /** Withdraw a token, or all tokens of a grant, by its id. */
    synchronized void revoke(String jtiOrGrant) {
        // Longer than any access token lives.
        long until = clock.millis() + TokenMaking.FOR_USERS.multipliedBy(2).toMillis();
        entries.put(KIND, jtiOrGrant, "", jtiOrGrant, until);
        Set<String> more = new HashSet<>(revoked);
        more.add(jtiOrGrant);
        revoked = Set.copyOf(more);
    }
}
