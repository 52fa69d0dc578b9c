// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One disclosure of records of one patient to somebody outside of the program, as it is accounted for (42 CFR 2.25).
 *
 * @param id        unique
 * @param patient   id of the patient
 * @param recorded  when, to the millisecond
 * @param party     to whom
 * @param purpose   code of v3 PurposeOfUse
 * @param basis     what permitted it
 * @param resources what, as {@code Type/id} or {@code Type/id/_history/version}
 */
public record DisclosedRow(
        String id, String patient, Instant recorded, Party party, String purpose, Basis basis, List<String> resources) {

    public DisclosedRow {
        resources = List.copyOf(resources);
    }

    /**
     * To whom.
     *
     * @param recipient the Organization or person, as a reference
     * @param client    the registered client; {@code null} when it is not known
     * @param user      who asked, as a reference; {@code null} where no user takes part
     * @param address   in the network, where it went; {@code null} when it is not known
     */
    public record Party(
            String recipient,
            @Nullable String client,
            @Nullable String user,
            @Nullable String address) {}

    /**
     * Why it was permitted.
     *
     * @param consent id of the consent; {@code null}: it was not by consent
     * @param rule    in a word: {@code consent}, {@code emergency}
     */
    public record Basis(@Nullable String consent, String rule) {}
}
