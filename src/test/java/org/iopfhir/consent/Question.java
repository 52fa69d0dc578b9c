// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.util.Collection;
import java.util.Set;
import org.iopfhir.consent.Clause.Effect;
import org.jspecify.annotations.Nullable;

/**
 * May this record be disclosed to this recipient?
 *
 * @param recipients all that the one who asks is known as, written as {@link Clause#recipient()} is
 * @param purpose    what he asks for, a code of v3-ActReason
 * @param at         when he asks
 * @param content    what the record is
 * @param happened   of when the record is; {@code null} when that cannot be told
 */
public record Question(
        Set<String> recipients,
        String purpose,
        Instant at,
        ContentClass content,
        @Nullable Instant happened) {

    public Question {
        recipients = Set.copyOf(recipients);
    }

    /** Whether one of the clauses permits, and none denies. */
    public boolean isPermitted(Collection<Clause> clauses) {
        return clauses.stream().anyMatch(clause -> clause.effect() == Effect.PERMIT && isOf(clause))
                && clauses.stream().noneMatch(clause -> clause.effect() == Effect.DENY && isOf(clause));
    }

    /** Whether a clause is about this. */
    public boolean isOf(Clause clause) {
        return (clause.recipient().equals(Clause.ANYONE) || recipients.contains(clause.recipient()))
                && (clause.purpose().equals(Clause.ANYONE)
                        || Purposes.satisfiedBy(purpose).contains(clause.purpose()))
                && !at.isBefore(clause.from())
                && at.isBefore(clause.until())
                && isOfTheTime(clause)
                && clause.terms().covers(content);
    }

    private boolean isOfTheTime(Clause clause) {
        if (clause.dataFrom().equals(Clause.BEGINNING) && clause.dataUntil().equals(Clause.FOREVER)) {
            return true;
        }
        return happened == null
                ? clause.effect() == Effect.DENY
                : !happened.isBefore(clause.dataFrom()) && happened.isBefore(clause.dataUntil());
    }
}
