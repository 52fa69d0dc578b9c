// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a caller may do something with resources of a type, with which of them, and why. */
public sealed interface Decision {

    /** What decided, in words for the audit trail; names scopes and roles, never a patient. */
    String reason();

    /**
     * Permitted, for the resources that lie in any of the portions.
     *
     * @param portions at least one
     */
    record Permit(List<Portion> portions, String reason) implements Decision {
        public Permit {
            portions = List.copyOf(portions);
        }

        /** Whether every resource of the type is reached. */
        public boolean isWhole() {
            return portions.stream().anyMatch(Portion::isWhole);
        }
    }

    /** Not permitted, whatever the resource. */
    record Refuse(String reason) implements Decision {}

    /**
     * Resources of a type that a caller reaches.
     *
     * @param patients ids; the resource must be in the compartment of one of them. {@code null}: of anybody or nobody
     * @param filter   search parameters that it must match; empty: any
     */
    record Portion(@Nullable Set<String> patients, Map<String, List<String>> filter) {
        public Portion {
            patients = patients == null ? null : Set.copyOf(patients);
            filter = Map.copyOf(filter);
        }

        boolean isWhole() {
            return patients == null && filter.isEmpty();
        }
    }
}
