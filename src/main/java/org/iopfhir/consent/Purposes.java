// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.Set;

public final class Purposes {
    public static Set<String> satisfiedBy(String p) {
        return Set.of(p);
    }
}
