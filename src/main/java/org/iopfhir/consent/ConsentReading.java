// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;

/**
 * What a consent says.
 *
 * @param id            of the resource
 * @param patient       reference to whose consent it is; empty when it names nobody
 * @param organizations references to the programs that may disclose
 * @param clauses       what it permits and forbids
 * @param flaws         why it authorizes nothing, in words; then no clause permits anything (2.31(c))
 */
public record ConsentReading(
        String id, String patient, List<String> organizations, List<Clause> clauses, List<String> flaws) {

    public ConsentReading {
        organizations = List.copyOf(organizations);
        clauses = List.copyOf(clauses);
        flaws = List.copyOf(flaws);
    }
}
