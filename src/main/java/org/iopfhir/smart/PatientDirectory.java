// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** The patients upon whom an app can be opened. */
public interface PatientDirectory {

    /**
     * A patient, as somebody finds him in a list.
     *
     * @param birthDate as {@code 1990-02-28}; {@code null} when it is not known
     */
    record Entry(String id, String name, @Nullable String birthDate) {}

    /** The first few patients whose name holds a word that begins like this. */
    List<Entry> find(String name);

    /** The patient of this id, if there is one. */
    Optional<Entry> patient(String id);

    /** Whether there is such an encounter, and it is that patient's. */
    boolean isEncounterOf(String encounter, String patient);
}
