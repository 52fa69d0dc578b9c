// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What somebody is to the program. What each may do with which type is data: {@link RoleTable}. */
public enum Role {
    /** Treats the patients of the program. */
    COUNSELOR(Reach.ALL),
    /** The physician who answers for the program. */
    MEDICAL_DIRECTOR(Reach.ALL),
    /** Books sessions, and sees nothing of what is said in them. */
    SCHEDULER(Reach.ALL),
    /** Supports patients out of own experience of recovery. */
    PEER_SPECIALIST(Reach.ALL),
    /** Bills payers for what was delivered. */
    BILLING(Reach.ALL),
    /** The person himself, his own record. */
    PATIENT(Reach.OWN),
    /** Somebody whom the patient authorized, for that patient. */
    FAMILY_MEMBER(Reach.AUTHORIZED),
    /** The program's own EHR. */
    PROGRAM_SYSTEM(Reach.ALL),
    /** The system of another organization: a hospital, a payer, a residential program. */
    PARTNER_SYSTEM(Reach.ALL),
    /** Reads the audit trail. */
    AUDITOR(Reach.ALL),
    /** Answers for what the program discloses: consents, accounting, and why somebody sees a record or not. */
    PRIVACY_OFFICER(Reach.ALL),
    /** Runs the server; sees no patient. */
    OPERATOR(Reach.ALL);

    private final Reach reach;

    Role(Reach reach) {
        this.reach = reach;
    }

    /** Whose records a role reaches. */
    enum Reach {
        /** Every patient's. */
        ALL,
        /** Only of the patient that the caller is. */
        OWN,
        /** Only of the patients who authorized the caller. */
        AUTHORIZED
    }

    Reach reach() {
        return reach;
    }

    /** As it is written in tokens and files: {@code medical-director}. */
    public String code() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    /** The role of that code, if there is one. */
    public static Optional<Role> of(String code) {
        return Arrays.stream(values()).filter(role -> role.code().equals(code)).findFirst();
    }
}
