// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.sandbox;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Patient;

/** The patients of the stories, each loaded once: what a developer has changed or deleted since stays as it is. */
public final class Cohort {

    private final Predicate<IdType> everStored;
    private final Consumer<Bundle> store;

    /**
     * @param everStored whether a resource of this id is, or ever was, stored
     * @param store      stores a transaction Bundle, or throws and stores nothing of it
     */
    public Cohort(Predicate<IdType> everStored, Consumer<Bundle> store) {
        this.everStored = everStored;
        this.store = store;
    }

    /**
     * Load those of {@code stories} whose patient was never stored here.
     *
     * @return how many were loaded
     */
    public int load(List<Bundle> stories) {
        int loaded = 0;
        for (Bundle story : stories) {
            if (!everStored.test(patientOf(story))) {
                store.accept(story);
                loaded++;
            }
        }
        return loaded;
    }

    private static IdType patientOf(Bundle story) {
        return story.getEntry().stream()
                .map(BundleEntryComponent::getResource)
                .filter(Patient.class::isInstance)
                .findFirst()
                .map(patient -> new IdType("Patient", patient.getIdElement().getIdPart()))
                .orElseThrow(() -> new IllegalArgumentException("A story has no patient: " + story.getId()));
    }
}
