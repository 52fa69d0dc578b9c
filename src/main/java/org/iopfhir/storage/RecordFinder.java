// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import jakarta.persistence.EntityManager;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds records for the server's own rules, as they are inside the running transaction: what it has written so far
 * counts, what it deletes does not.
 */
public final class RecordFinder {

    private final CurrentVersions versions;
    private final EntityManager entities;

    RecordFinder(CurrentVersions versions, EntityManager entities) {
        this.versions = versions;
        this.entities = entities;
    }

    /** The records as they are now: for one check, during which nothing is written, and for one thread. */
    public Found now() {
        return new Found();
    }

    /** What one check has found; it reads no record twice. The resources are for reading only, and lack narrative, meta and notes. */
    public final class Found {
        private final Map<String, Resource> read = new HashMap<>();
        private final Set<String> asked = new HashSet<>();
        private boolean isWritten;

        /** Return those of the local references that are stored; in no certain order. */
        public List<Resource> read(Collection<String> references) {
            Map<String, List<String>> unknown = new LinkedHashMap<>();
            for (String reference : references) {
                int slash = reference.indexOf('/');
                String type = slash < 0 ? "" : reference.substring(0, slash);
                if (ServedTypes.names().contains(type) && asked.add(reference)) {
                    unknown.computeIfAbsent(type, any -> new ArrayList<>()).add(reference.substring(slash + 1));
                }
            }
            unknown.forEach((type, ids) -> remember(versionsNow().read(type, ids)));
            return references.stream()
                    .distinct()
                    .flatMap(reference -> Stream.ofNullable(read.get(reference)))
                    .toList();
        }

        /**
         * Return what matches a search: parameter names to values that must all match. {@code _count} limits how many
         * are returned.
         */
        public List<Resource> find(String type, Map<String, List<String>> search) {
            return versionsNow().find(type, search);
        }

        private void remember(List<Resource> found) {
            found.forEach(resource ->
                    read.put(resource.fhirType() + "/" + resource.getIdElement().getIdPart(), resource));
        }

        private CurrentVersions versionsNow() {
            if (!isWritten && TransactionSynchronizationManager.isActualTransactionActive()) {
                entities.flush();
            }
            isWritten = true;
            return versions;
        }
    }
}
