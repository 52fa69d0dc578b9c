// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import org.hl7.fhir.r4.model.StructureDefinition;
import org.iopfhir.access.Interaction;
import org.iopfhir.access.Role;
import org.iopfhir.access.RoleTable;
import org.iopfhir.conformance.Conformance;
import org.iopfhir.conformance.IgPackage;
import org.iopfhir.conformance.PublishedArtifacts;
import org.iopfhir.storage.ServedTypes;

/**
 * What is served, as the capability statement tells it.
 *
 * @param implementationGuide       canonical URL with version
 * @param requirements              canonical URL, with version, of what a server of the guide has to do
 * @param publishedTypes            types of the IG's own artifacts, which can be read and searched
 * @param publishedSearchParameters what published types can be searched by
 * @param profilesByType            canonical URLs of the profiles that resources of a type may have to meet
 * @param operationsByType          operation names, without the dollar sign, to their definitions
 * @param roles                     who may do what; what nobody may is not served
 */
record ServedContent(
        String implementationGuide,
        String requirements,
        List<String> publishedTypes,
        Map<String, SearchParamType> publishedSearchParameters,
        Map<String, List<String>> profilesByType,
        Map<String, Map<String, String>> operationsByType,
        RoleTable roles) {

    private static final Map<String, String> STORED_OPERATIONS =
            Map.of("meta", core("Resource-meta"), "validate", core("Resource-validate"));

    private static final Map<String, String> PATIENT_OPERATIONS = Map.of(
            "disclosures", own("patient-disclosures"),
            "emergency-access", own("patient-emergency-access"),
            "everything", core("Patient-everything"),
            "explain-access", own("patient-explain-access"),
            "meta", core("Resource-meta"),
            "validate", core("Resource-validate"));

    static final Map<String, Map<String, String>> TERMINOLOGY_OPERATIONS = Map.of(
            "ValueSet", Map.of("expand", core("ValueSet-expand"), "validate-code", core("ValueSet-validate-code")),
            "CodeSystem",
                    Map.of("lookup", core("CodeSystem-lookup"), "validate-code", core("CodeSystem-validate-code")),
            "ConceptMap", Map.of("translate", core("ConceptMap-translate")));

    List<String> profiles(String type) {
        return profilesByType.getOrDefault(type, List.of());
    }

    Map<String, String> operations(String type) {
        return operationsByType.getOrDefault(type, Map.of());
    }

    /** What this release serves. */
    static ServedContent of(Conformance conformance, RoleTable roles) {
        IgPackage iop = conformance.iop();
        String guide = Conformance.CANONICAL_BASE + "/ImplementationGuide/" + iop.name() + "|" + iop.version();
        String requirements = Conformance.CANONICAL_BASE + "/CapabilityStatement/iop-server|" + iop.version();
        List<String> published =
                conformance.publishedTypes().stream().map(Class::getSimpleName).toList();
        Map<String, List<String>> profiles = iop.profileOutlines().stream()
                .collect(Collectors.groupingBy(
                        StructureDefinition::getType,
                        Collectors.mapping(StructureDefinition::getUrl, Collectors.toList())));
        Map<String, Map<String, String>> operations = new HashMap<>(TERMINOLOGY_OPERATIONS);
        ServedTypes.names().forEach(type -> operations.put(type, STORED_OPERATIONS));
        operations.put("Patient", PATIENT_OPERATIONS);
        operations.put("AuditEvent", Map.of("validate", core("Resource-validate")));
        return new ServedContent(
                guide, requirements, published, PublishedArtifacts.SEARCH_PARAMETERS, profiles, operations, roles);
    }

    /** Types whose resources are stored here. */
    List<String> storedTypes() {
        return List.copyOf(ServedTypes.names());
    }

    /** Whether there is anybody who may. */
    boolean isPermitted(Interaction interaction, String type) {
        return Arrays.stream(Role.values()).anyMatch(role -> roles.permits(role, interaction, type));
    }

    private static String own(String id) {
        return Conformance.CANONICAL_BASE + "/OperationDefinition/" + id;
    }

    private static String core(String id) {
        return "http://hl7.org/fhir/OperationDefinition/" + id;
    }
}
