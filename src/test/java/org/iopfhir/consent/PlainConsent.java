// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.LocalDate;
import java.util.List;
import java.util.Set;

/**
 * A consent as a lawyer would tell of it.
 *
 * @param paper the form
 * @param rule what it permits or denies
 * @param inner what stands within: exceptions, restrictions, further permissions
 */
public record PlainConsent(Paper paper, Rule rule, List<Rule> inner) {

    /**
     * @param lacks elements of a consent that are not there: status, category, program, information, revoke, signer, form,
     *     date, redisclosure, refusal, hipaa
     * @param says whether it is for counselingNotes, for legalProceedings, has fundraisingOptOut
     * @param event on which it ends; empty if none is said
     * @param signed on which day
     */
    public record Paper(Set<String> lacks, Set<String> says, String event, LocalDate signed) {}

    /**
     * @param permits or denies
     * @param recipients Organization/x and the like; tpo; via:Organization/x
     * @param purposes codes
     * @param time on which days it holds
     * @param data of which days the records are
     * @param about which records
     * @param byCode whether it is limited to records with a code
     */
    public record Rule(
            boolean permits,
            List<String> recipients,
            List<String> purposes,
            Days time,
            Days data,
            About about,
            boolean byCode) {}

    /** Types and labels; empty is any. */
    public record About(List<String> types, List<String> labels) {
        boolean isNothing() {
            return types.isEmpty() && labels.isEmpty();
        }
    }

    /** Both ends included. */
    public record Days(LocalDate first, LocalDate last) {
        public static final Days ALL = new Days(LocalDate.of(1, 1, 1), LocalDate.of(9999, 12, 30));

        boolean include(LocalDate day) {
            return !day.isBefore(first) && !day.isAfter(last);
        }

        boolean hasFirst() {
            return !first.equals(ALL.first);
        }

        boolean hasLast() {
            return !last.equals(ALL.last);
        }
    }
}
