// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import org.jspecify.annotations.Nullable;

/**
 * What of a record decides who may see it.
 *
 * @param key       HAPI's internal key of the resource
 * @param custodian id of the Organization that is the program; empty where this server has only one
 * @param patient   id of the one patient it is about; {@code null}: of nobody, or of several
 * @param content   what it is, as text; equal for records that no consent tells apart
 * @param author    who wrote it, if it is a counseling note: a reference, empty when unknown; {@code null} for others
 * @param writer    the Organization outside of the program that wrote the current version; {@code null}: the program
 * @param happened  when what it tells of was, in milliseconds since 1970; {@link #UNDATED} when it does not say
 */
public record RecordFacts(
        long key,
        String custodian,
        @Nullable String patient,
        String content,
        @Nullable String author,
        @Nullable String writer,
        long happened) {

    /** Before every time that a consent can name. */
    public static final long UNDATED = Long.MIN_VALUE;
}
