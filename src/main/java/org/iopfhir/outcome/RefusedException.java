// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.outcome;

/** Carries a {@link Refusal} up to the one place that answers it. */
public final class RefusedException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient Refusal refusal;

    public RefusedException(Refusal refusal) {
        super(refusal.problems().get(0).text());
        this.refusal = refusal;
    }

    public Refusal refusal() {
        return refusal;
    }
}
