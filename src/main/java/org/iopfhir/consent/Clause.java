// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;

/**
 * One thing that a consent permits or forbids: to one recipient, for one purpose.
 *
 * @param effect    whether it permits or forbids
 * @param recipient a reference such as {@code Organization/1}; {@link #TPO}; {@link #VIA} before the reference of an
 *                  intermediary; or {@link #ANYONE}
 * @param purpose   code of v3 PurposeOfUse, or {@link #ANYONE} for all
 * @param times     when it is in force, and of what time the records are that it is about
 * @param terms     what content it is about
 */
public record Clause(Effect effect, String recipient, String purpose, ConsentTimes times, ContentTerms terms) {

    /** Before everything. */
    public static final Instant BEGINNING = Instant.parse("0001-01-01T00:00:00Z");

    /** After everything. */
    public static final Instant FOREVER = Instant.parse("9999-12-31T00:00:00Z");

    /** As recipient or purpose: all. */
    public static final String ANYONE = "*";

    /** Whoever treats the patient, pays for him, or helps to operate the program: 2.31(a)(4)(i). */
    public static final String TPO = "tpo";

    /** Begins a general designation of those who treat the patient and take part in an intermediary: 2.31(a)(4)(ii). */
    public static final String VIA = "via:";

    /** From when on it is in force. */
    public Instant from() {
        return times.from();
    }

    /** When it is no longer in force. */
    public Instant until() {
        return times.until();
    }

    /** Of what time the records are that it is about. */
    public Instant dataFrom() {
        return times.dataFrom();
    }

    /** Before what time they are. */
    public Instant dataUntil() {
        return times.dataUntil();
    }

    /** What a clause does. */
    public enum Effect {
        /** It opens what it is about. */
        PERMIT,
        /** It closes what it is about, whatever opens it. */
        DENY
    }
}
