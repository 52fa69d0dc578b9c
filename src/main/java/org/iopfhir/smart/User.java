// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.Set;
import org.iopfhir.access.Role;
import org.jspecify.annotations.Nullable;

/**
 * Somebody who can sign in.
 *
 * @param name         as typed at sign-in
 * @param passwordHash of the password
 * @param roles        what he or she is to the program
 * @param fhirUser     his or her record, such as {@code Practitioner/1}
 * @param patients     ids of the patients who authorized a family member
 * @param organization id of the Organization that he or she works for; {@code null} when that is not said
 */
record User(
        String name,
        String passwordHash,
        Set<Role> roles,
        String fhirUser,
        Set<String> patients,
        @Nullable String organization) {

    User {
        roles = Set.copyOf(roles);
        patients = Set.copyOf(patients);
    }
}
