// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.springframework.jdbc.core.JdbcOperations;

/** Tells whose record a resource belongs to: the patients in whose compartment it is. */
public final class RecordOwners {

    private static final String STORED = """
            select distinct t.FHIR_ID from HFJ_RESOURCE r
            join HFJ_RES_LINK l on l.SRC_RESOURCE_ID = r.RES_ID
            join HFJ_RESOURCE t on t.RES_ID = l.TARGET_RESOURCE_ID
            where r.RES_TYPE = ? and r.FHIR_ID = ? and l.TARGET_RESOURCE_TYPE = 'Patient' and l.SRC_PATH in (:paths)""";

    private final JdbcOperations database;

    /** Per type, the paths as HAPI's index of links names them. */
    private final Map<String, List<String>> indexed = new HashMap<>();

    RecordOwners(FhirContext fhir, JdbcOperations database) {
        this.database = database;
        ServedTypes.names().forEach(type -> indexed.put(type, PatientCompartment.paths(fhir, type)));
        // R4 leaves tasks out of the compartment; one for a patient tells of him all the same.
        indexed.put("Task", List.of("Task.for"));
    }

    /** The element paths of {@code type} that lead to its owners, such as {@code Observation.subject}. */
    public List<String> paths(String type) {
        return indexed.getOrDefault(type, List.of()).stream()
                .map(RecordOwners::withoutFilter)
                .distinct()
                .toList();
    }

    /**
     * Ids of the patients to whose record a stored resource belongs, where the resource itself is not at hand.
     *
     * @return empty too when there is no such resource
     */
    public Set<String> ofStored(String type, String id) {
        if (type.equals("Patient")) {
            return database.queryForList("select 1 from HFJ_RESOURCE where RES_TYPE = 'Patient' and FHIR_ID = ?", id)
                            .isEmpty()
                    ? Set.of()
                    : Set.of(id);
        }
        List<String> ways = indexed.getOrDefault(type, List.of());
        if (ways.isEmpty()) {
            return Set.of();
        }
        List<Object> values = new ArrayList<>(List.of(type, id));
        values.addAll(ways);
        String marks = String.join(", ", Collections.nCopies(ways.size(), "?"));
        return new TreeSet<>(database.queryForList(STORED.replace(":paths", marks), String.class, values.toArray()));
    }

    /** {@code Observation.subject.where(resolve() is Patient)} leads where {@code Observation.subject} does. */
    private static String withoutFilter(String path) {
        int filter = path.indexOf(".where(");
        return filter < 0 ? path : path.substring(0, filter);
    }
}
