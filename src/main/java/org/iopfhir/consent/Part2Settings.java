// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/**
 * Who is who under 42 CFR Part 2.
 *
 * @param programs             ids of the Organizations that are Part 2 programs of this server (2.11); the first is the
 *                             custodian of whatever names no other, and the organization of staff whose token names
 *                             none. Empty: there is one program, and every record is its
 * @param serviceOrganizations ids of the qualified service organizations (2.11, 2.12(c)(4)), who count as the program
 * @param intermediaries       ids of intermediaries (2.11, 2.24), each with the ids of the Organizations that take part
 *                             in it
 * @param purpose              code of v3 PurposeOfUse of a request whose token names none
 * @param emergency            how long a record stays open that was opened in a medical emergency (2.51)
 * @param evenAnswers          answers to whoever sees only what consents permit leave after whole multiples of it, so
 *                             that time does not tell of what is hidden; 0: as soon as they are ready
 * @param notice               which of the two statements of 2.32(a) goes with what is disclosed
 */
@ConfigurationProperties("iop.part2")
public record Part2Settings(
        @DefaultValue List<String> programs,
        @DefaultValue List<String> serviceOrganizations,
        @DefaultValue Map<String, List<String>> intermediaries,
        @DefaultValue("TREAT") String purpose,
        @DefaultValue("60m") Duration emergency,
        @DefaultValue("5ms") Duration evenAnswers,
        @DefaultValue("short") Notice.Statement notice) {

    private static final Duration LONGEST_EMERGENCY = Duration.ofHours(24);
    private static final Duration LONGEST_STEP = Duration.ofSeconds(1);
    private static final String ID = "[A-Za-z0-9.-]{1,64}";

    public Part2Settings {
        programs = List.copyOf(programs);
        serviceOrganizations = List.copyOf(serviceOrganizations);
        intermediaries = Map.copyOf(intermediaries);
        check("iop.part2.programs", programs);
        check("iop.part2.service-organizations", serviceOrganizations);
        intermediaries.forEach((id, members) -> {
            check("iop.part2.intermediaries", List.of(id));
            check("iop.part2.intermediaries." + id, members);
        });
        if (emergency.isNegative() || emergency.isZero() || emergency.compareTo(LONGEST_EMERGENCY) > 0) {
            throw new IllegalArgumentException("iop.part2.emergency must be more than 0 and at most 24h");
        }
        if (evenAnswers.isNegative() || evenAnswers.compareTo(LONGEST_STEP) > 0) {
            throw new IllegalArgumentException("iop.part2.even-answers must be from 0 to 1s");
        }
        if (!purpose.matches("[A-Z]{2,20}")) {
            throw new IllegalArgumentException("iop.part2.purpose must be a code of v3 PurposeOfUse, such as TREAT");
        }
    }

    private static void check(String name, List<String> ids) {
        ids.stream().filter(id -> !id.matches(ID)).findFirst().ifPresent(id -> {
            throw new IllegalArgumentException(name + " must hold ids of Organizations, but has " + id);
        });
    }
}
