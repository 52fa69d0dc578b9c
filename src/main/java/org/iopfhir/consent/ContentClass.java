// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.*;
import org.hl7.fhir.r4.model.*;

public record ContentClass(String type, SortedSet<String> labels) {
    public String text() {
        return type + " " + String.join(" ", labels);
    }

    public static ContentClass parse(String t) {
        String[] p = t.strip().split(" ");
        return new ContentClass(p[0], new TreeSet<>(List.of(p).subList(1, p.length)));
    }

    public static ContentClass of(Resource r) {
        TreeSet<String> s = new TreeSet<>();
        r.getMeta().getSecurity().forEach(c -> s.add(c.getCode()));
        return new ContentClass(r.fhirType(), s);
    }
}
