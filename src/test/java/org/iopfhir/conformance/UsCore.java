// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.DiagnosticReport;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Resource;

/** Say which profile of US Core, 6.1.0 or 8.0.0, a resource must meet, by what it is. */
final class UsCore {
    static final String BASE = "http://hl7.org/fhir/us/core/StructureDefinition/";

    private static final Map<String, String> BY_TYPE = Map.ofEntries(
            Map.entry("CarePlan", "us-core-careplan"),
            Map.entry("CareTeam", "us-core-careteam"),
            Map.entry("Coverage", "us-core-coverage"),
            Map.entry("DocumentReference", "us-core-documentreference"),
            Map.entry("Encounter", "us-core-encounter"),
            Map.entry("Goal", "us-core-goal"),
            Map.entry("Location", "us-core-location"),
            Map.entry("MedicationRequest", "us-core-medicationrequest"),
            Map.entry("Organization", "us-core-organization"),
            Map.entry("Patient", "us-core-patient"),
            Map.entry("Practitioner", "us-core-practitioner"),
            Map.entry("PractitionerRole", "us-core-practitionerrole"),
            Map.entry("Procedure", "us-core-procedure"),
            Map.entry("Provenance", "us-core-provenance"),
            Map.entry("QuestionnaireResponse", "us-core-questionnaireresponse"),
            Map.entry("RelatedPerson", "us-core-relatedperson"),
            Map.entry("ServiceRequest", "us-core-servicerequest"),
            Map.entry("Specimen", "us-core-specimen"));

    /** Which profile an Observation of a category must meet. */
    private static final Map<String, String> BY_CATEGORY = Map.of(
            "laboratory", "us-core-observation-lab",
            "survey", "us-core-observation-screening-assessment",
            "social-history", "us-core-simple-observation",
            "sdoh", "us-core-simple-observation");

    private UsCore() {}

    /** Return the names of the profiles; none where US Core does not profile the type, or the resource is of no patient. */
    static List<String> of(Resource resource) {
        if (resource instanceof Observation observation) {
            return codes(observation.getCategory())
                    .flatMap(category -> Stream.ofNullable(BY_CATEGORY.get(category)))
                    .distinct()
                    .toList();
        }
        if (resource instanceof Condition condition) {
            boolean ofAnEncounter = codes(condition.getCategory()).anyMatch("encounter-diagnosis"::equals);
            return List.of(
                    ofAnEncounter
                            ? "us-core-condition-encounter-diagnosis"
                            : "us-core-condition-problems-health-concerns");
        }
        if (resource instanceof DiagnosticReport) {
            return List.of("us-core-diagnosticreport-lab");
        }
        // A session of a group is about no patient, and US Core wants one.
        if (resource instanceof Encounter encounter && !isOfAPatient(encounter)) {
            return List.of();
        }
        return Stream.ofNullable(BY_TYPE.get(resource.fhirType())).toList();
    }

    private static boolean isOfAPatient(Encounter encounter) {
        String subject = encounter.getSubject().getReference();
        return subject != null && subject.contains("Patient/");
    }

    private static Stream<String> codes(List<CodeableConcept> concepts) {
        return concepts.stream()
                .flatMap(concept -> concept.getCoding().stream())
                .map(Coding::getCode);
    }
}
