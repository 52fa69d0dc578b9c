// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

/**
 * One clause of a consent in force.
 *
 * @param custodian id of the program that may disclose; {@link #ANY}: where this server has only one
 * @param recipient whom it is about: a reference, a general designation, or {@link #ANY}
 * @param purpose   code of v3 PurposeOfUse, or {@link #ANY}
 * @param denies    whether it forbids what it is about
 * @param terms     what content it is about, as text; equal for clauses about the same
 * @param valid     when it is in force
 * @param dated     of what time the records are
 */
public record Permit(
        String custodian, String recipient, String purpose, boolean denies, String terms, Span valid, Span dated) {

    /** Everybody, or every purpose. */
    public static final String ANY = "*";

    /**
     * A time.
     *
     * @param from  milliseconds since 1970, included
     * @param until milliseconds since 1970, not included
     */
    public record Span(long from, long until) {}
}
