// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.reliability;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;

/**
 * What of the transactions of {@link Writers} is in the store.
 *
 * @param lost    acknowledged transactions of which anything is missing
 * @param partial transactions, acknowledged or not, of which a part is there and a part is not
 * @param unsaid  whole transactions that were never acknowledged, which is allowed: the answer was lost
 */
record Ledger(int acknowledged, List<String> lost, List<String> partial, int unsaid) {

    /** Compare what {@code fhir} finds now with what was acknowledged. */
    static Ledger of(FhirClient fhir, Invented invented, Map<String, List<String>> acknowledged) {
        Map<String, Map<String, Integer>> counts = new TreeMap<>();
        Set<String> found = new HashSet<>();
        for (String type : Writers.CONTENT.keySet()) {
            for (Resource resource : all(fhir, type + "?" + invented.tagged() + "&_count=500")) {
                found.add(resource.getIdElement().toUnqualifiedVersionless().getValue());
                counts.computeIfAbsent(ownTag(resource), own -> new TreeMap<>()).merge(type, 1, Integer::sum);
            }
        }
        List<String> lost = new ArrayList<>();
        acknowledged.forEach((own, locations) -> {
            if (!found.containsAll(locations)) {
                lost.add(own);
            }
        });
        List<String> partial = counts.entrySet().stream()
                .filter(entry -> !entry.getValue().equals(Writers.CONTENT))
                .map(Map.Entry::getKey)
                .toList();
        int unsaid = counts.size() - acknowledged.size() + lost.size() - partial.size();
        return new Ledger(acknowledged.size(), lost, partial, unsaid);
    }

    private static List<Resource> all(FhirClient fhir, String query) {
        List<Resource> resources = new ArrayList<>();
        Bundle page = fhir.search(query);
        while (true) {
            page.getEntry().forEach(entry -> resources.add(entry.getResource()));
            Bundle.BundleLinkComponent next = page.getLink("next");
            if (next == null) {
                return resources;
            }
            page = fhir.search(next.getUrl());
        }
    }

    private static String ownTag(Resource resource) {
        Coding tag = resource.getMeta().getTag().stream()
                .filter(coding -> coding.getSystem().equals(Invented.SYSTEM + "/transaction"))
                .findFirst()
                .orElseThrow();
        return tag.getCode();
    }
}
