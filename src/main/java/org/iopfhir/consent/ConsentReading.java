// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;

public record ConsentReading(
        String id, String patient, List<String> organizations, List<Clause> clauses, List<String> flaws) {}
