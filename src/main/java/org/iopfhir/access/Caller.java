// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Who is asking, and with what permission, as an access token says it.
 *
 * @param party who
 * @param grant with what permission
 * @param token {@code jti} of the token
 */
public record Caller(Party party, Grant grant, String token) {

    /**
     * The two who act together: somebody, and the program he uses.
     *
     * @param subject of the token: the user, or the client where no user takes part
     * @param client  the registered client
     * @param user    the user as a reference, such as {@code Practitioner/1}; {@code null} where no user takes part
     * @param roles   of the user, or of the client where no user takes part
     * @param organization id of the Organization that they belong to; {@code null} when the token names none
     */
    public record Party(
            String subject,
            String client,
            @Nullable String user,
            Set<Role> roles,
            @Nullable String organization) {
        public Party {
            roles = Set.copyOf(roles);
        }

        /** Of no Organization. */
        public Party(String subject, String client, @Nullable String user, Set<Role> roles) {
            this(subject, client, user, roles, null);
        }
    }

    /**
     * What was granted.
     *
     * @param scopes   those for resources
     * @param patient  id of the patient in the launch context; {@code null} without one
     * @param patients ids of the patients who authorized the user, for a family member
     * @param purpose  code of v3 PurposeOfUse, such as {@code TREAT}; {@code null} when none was given
     */
    public record Grant(
            List<Scope> scopes,
            @Nullable String patient,
            Set<String> patients,
            @Nullable String purpose) {
        public Grant {
            scopes = List.copyOf(scopes);
            patients = Set.copyOf(patients);
        }
    }

    /** The same with no other roles than {@code some}. */
    public Caller only(Set<Role> some) {
        Set<Role> kept = party.roles().stream().filter(some::contains).collect(Collectors.toSet());
        Party less = new Party(party.subject(), party.client(), party.user(), kept, party.organization());
        return new Caller(less, grant, token);
    }

    /** The user as a reference; {@code null} where no user takes part. */
    public @Nullable String user() {
        return party.user();
    }

    /** Id of the patient who is the user; {@code null} when the user is none. */
    public @Nullable String self() {
        String user = party.user();
        return user != null && user.startsWith("Patient/") ? user.substring("Patient/".length()) : null;
    }
}
