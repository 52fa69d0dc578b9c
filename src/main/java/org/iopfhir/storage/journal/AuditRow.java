// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One access, as the journal keeps it: who did what to whose record, and how it ended.
 *
 * @param id       of the AuditEvent that is served for it
 * @param recorded when, to the millisecond
 * @param deed     what
 * @param doer     who
 * @param origin   from where
 * @param patients ids of those whose record it was about
 */
public record AuditRow(String id, Instant recorded, Deed deed, Doer doer, Origin origin, Set<String> patients) {

    private static final String PATIENT = "Patient/";

    public AuditRow {
        patients = Set.copyOf(patients);
    }

    /** Whether a client described the event, so that it is stored as it came. */
    public boolean isDescribed() {
        return origin.stored() != null;
    }

    /** The patients whom the event concerns: whose record it was, and the patient who did it himself. */
    Set<String> concerned() {
        String user = doer.user();
        if (user == null || !user.startsWith(PATIENT)) {
            return patients;
        }
        Set<String> all = new HashSet<>(patients);
        all.add(user.substring(PATIENT.length()));
        return all;
    }

    /**
     * What was done.
     *
     * @param type      type of event: {@code rest}, or the code of an event that a client described
     * @param subtypes  codes: the interaction, such as {@code read}
     * @param action    {@code C}, {@code R}, {@code U}, {@code D} or {@code E}; {@code null} where a client named none
     * @param outcome   {@code 0}, {@code 4}, {@code 8} or {@code 12}; {@code null} where a client named none
     * @param of        resource type that was asked for; {@code null} when the request named none
     * @param resources what was read or written, as {@code Type/id} or {@code Type/id/_history/version}
     * @param query     what was asked, as it came; {@code null} when nothing was
     */
    public record Deed(
            String type,
            List<String> subtypes,
            @Nullable String action,
            @Nullable String outcome,
            @Nullable String of,
            List<String> resources,
            @Nullable String query) {
        public Deed {
            subtypes = List.copyOf(subtypes);
            resources = List.copyOf(resources);
        }
    }

    /**
     * Who did it.
     *
     * @param user    as a reference, such as {@code Practitioner/1}; {@code null} where no user takes part
     * @param name    by which the token names the user; {@code null} where no user takes part
     * @param client  the registered client; {@code null} when nobody was identified
     * @param roles   codes
     * @param purpose code of v3 PurposeOfUse; {@code null} when none was given
     * @param others  references to whoever took part, for an event that a client described
     */
    public record Doer(
            @Nullable String user,
            @Nullable String name,
            @Nullable String client,
            List<String> roles,
            @Nullable String purpose,
            List<String> others) {

        /** Nobody who was identified. */
        public static final Doer UNKNOWN = new Doer(null, null, null, List.of(), null, List.of());

        public Doer {
            roles = List.copyOf(roles);
            others = List.copyOf(others);
        }
    }

    /**
     * Where it came from, and how it was answered.
     *
     * @param requestId as the client or this server named the request
     * @param address   of the client in the network
     * @param status    HTTP status of the answer; 0 for an event that a client described
     * @param source    reference to who observed an event that a client described; {@code null} for this server
     * @param stored    when an event that a client described was stored as it came; {@code null} for one of this server
     */
    public record Origin(
            @Nullable String requestId,
            @Nullable String address,
            int status,
            @Nullable String source,
            @Nullable Instant stored) {}
}
