// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.gate;

import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.access.AccessSettings;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Caller.Grant;
import org.iopfhir.access.Caller.Party;
import org.iopfhir.access.Role;
import org.iopfhir.access.Scope;
import org.iopfhir.access.Tokens;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.iopfhir.server.SelfCalls;

/** Says who sends a request, by its header {@code Authorization}. */
public final class TokenCheck {

    private static final String SCHEME = "bearer ";

    private static final Caller ANYBODY = new Caller(
            new Party("anonymous", "anonymous", null, Set.of(Role.PROGRAM_SYSTEM)),
            new Grant(Scope.parseAll("system/*.cruds"), null, Set.of(), null),
            "anonymous");

    private final List<Tokens> accepted;
    private final SelfCalls self;
    private final boolean servesAnybody;

    /**
     * @param accepted one for each issuer whose tokens are accepted
     * @param self     calls of this server to itself
     */
    public TokenCheck(List<Tokens> accepted, SelfCalls self, AccessSettings settings) {
        this.accepted = List.copyOf(accepted);
        this.self = self;
        this.servesAnybody = settings.anonymous();
    }

    /** Whether he is served without being known. */
    static boolean isAnybody(Caller caller) {
        return caller.equals(ANYBODY);
    }

    /**
     * @param authorization all values of the header
     * @param fhirBase      as the request was sent to it
     * @throws RefusedException when it is nobody who is known here
     */
    public Caller caller(List<String> authorization, String fhirBase) {
        if (authorization.isEmpty()) {
            if (servesAnybody) {
                return ANYBODY;
            }
            throw new RefusedException(
                    new Refusal.Unauthenticated("An access token is needed", "Bearer realm=\"fhir\""));
        }
        String header = authorization.get(0);
        if (authorization.size() > 1 || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            throw new RefusedException(new Refusal.Unauthenticated(
                    "Authorization must be one bearer token", "Bearer realm=\"fhir\", error=\"invalid_request\""));
        }
        String token = header.substring(SCHEME.length()).strip();
        return self.caller(token).orElseGet(() -> issued(token, fhirBase));
    }

    private Caller issued(String token, String fhirBase) {
        for (Tokens tokens : accepted) {
            Optional<Caller> caller = tokens.caller(token, fhirBase);
            if (caller.isPresent()) {
                return caller.get();
            }
        }
        throw Tokens.invalid();
    }

    /** As {@link #caller}; empty when it is nobody who is known here. */
    public Optional<Caller> known(List<String> authorization, String fhirBase) {
        try {
            return Optional.of(caller(authorization, fhirBase));
        } catch (RefusedException e) {
            return Optional.empty();
        }
    }
}
