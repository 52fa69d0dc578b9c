// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import org.jspecify.annotations.Nullable;

/**
 * What an app is opened upon.
 *
 * @param patient   id of the patient
 * @param encounter id of the encounter
 * @param intent    what the user wants to do, when an EHR said it
 * @param fromEhr   whether an EHR opened the app, which then shows whose record it is
 */
record LaunchContext(
        @Nullable String patient,
        @Nullable String encounter,
        @Nullable String intent,
        boolean fromEhr) {

    static final LaunchContext EMPTY = new LaunchContext(null, null, null, false);

    LaunchContext of(String patient) {
        return new LaunchContext(patient, encounter, intent, fromEhr);
    }
}
