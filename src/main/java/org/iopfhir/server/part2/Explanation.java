// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.part2;

import java.util.List;
import org.iopfhir.consent.Explainer.Considered;
import org.jspecify.annotations.Nullable;

/**
 * Why somebody would see a record, or not.
 *
 * @param isPermitted as the conditions say by which records are shown
 * @param rule        in a word, what decided
 * @param because     in words, what decided
 * @param consent     id of the consent that opens it; {@code null}: none does
 * @param considered  each consent of the patient
 */
public record Explanation(
        boolean isPermitted,
        String rule,
        String because,
        @Nullable String consent,
        List<Considered> considered) {

    public Explanation {
        considered = List.copyOf(considered);
    }

    static Explanation permit(String rule, String because) {
        return new Explanation(true, rule, because, null, List.of());
    }

    static Explanation deny(String rule, String because) {
        return new Explanation(false, rule, because, null, List.of());
    }
}
