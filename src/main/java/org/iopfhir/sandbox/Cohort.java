// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.sandbox;

import java.util.List;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;

/** The patients of the stories, each loaded once: what a developer has changed or deleted since stays as it is. */
public final class Cohort {

    private final Predicate<IdType> everStored;
    private final Consumer<Bundle> store;

    /**
     * The course of one invented person.
     *
     * @param patient     who it is about
     * @param transaction reads all of it, which most starts have no need of
     */
    public record Story(IdType patient, Supplier<Bundle> transaction) {}

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
    public int load(List<Story> stories) {
        int loaded = 0;
        for (Story story : stories) {
            if (!everStored.test(story.patient())) {
                store.accept(story.transaction().get());
                loaded++;
            }
        }
        return loaded;
    }
}
