// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.List;
import java.util.Map;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;

/**
 * What is served, as the capability statement tells it.
 *
 * @param implementationGuide       canonical URL with version
 * @param storedTypes               types with all interactions
 * @param publishedTypes            types of the IG's own artifacts, which can be read and searched
 * @param publishedSearchParameters what published types can be searched by
 * @param profilesByType            canonical URLs of the profiles that resources of a type may have to meet
 * @param operationsByType          operation names, without the dollar sign, to their definitions
 */
record ServedContent(
        String implementationGuide,
        List<String> storedTypes,
        List<String> publishedTypes,
        Map<String, SearchParamType> publishedSearchParameters,
        Map<String, List<String>> profilesByType,
        Map<String, Map<String, String>> operationsByType) {

    List<String> profiles(String type) {
        return profilesByType.getOrDefault(type, List.of());
    }

    Map<String, String> operations(String type) {
        return operationsByType.getOrDefault(type, Map.of());
    }
}
