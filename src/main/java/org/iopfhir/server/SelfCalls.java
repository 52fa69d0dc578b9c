// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Caller.Grant;
import org.iopfhir.access.Caller.Party;
import org.iopfhir.access.Role;
import org.iopfhir.access.Scope;
import org.jspecify.annotations.Nullable;

/**
 * The requests that the server sends to itself while it warms up. Their token is random, known to this object alone, and
 * gone before the server says that it is ready.
 */
public final class SelfCalls {

    private static final Caller SELF = new Caller(
            new Party("self", "self", null, Set.of(Role.PROGRAM_SYSTEM)),
            new Grant(Scope.parseAll("system/Patient.rs"), null, Set.of(), null),
            "self");

    private volatile @Nullable String token;

    /** Make the token. */
    String open() {
        String made = UUID.randomUUID().toString() + UUID.randomUUID();
        token = made;
        return made;
    }

    /** Forget it. */
    void close() {
        token = null;
    }

    /** Who brings {@code presented}, if it is this server. */
    public Optional<Caller> caller(String presented) {
        String own = token;
        boolean same = own != null
                && MessageDigest.isEqual(
                        own.getBytes(StandardCharsets.UTF_8), presented.getBytes(StandardCharsets.UTF_8));
        return same ? Optional.of(SELF) : Optional.empty();
    }
}
