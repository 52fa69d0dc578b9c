// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryMatchResult;
import ca.uhn.fhir.jpa.searchparam.matcher.InMemoryResourceMatcher;
import ca.uhn.fhir.util.FhirTerser;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.hl7.fhir.instance.model.api.IBaseReference;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;

/** Whether a resource lies within a reach: the same question that a narrowed search asks the database, asked in memory. */
public final class Within {

    private final FhirContext fhir;
    private final FhirTerser terser;
    private final InMemoryResourceMatcher matcher;
    private final Map<String, List<String>> paths = new ConcurrentHashMap<>();

    Within(FhirContext fhir, InMemoryResourceMatcher matcher) {
        this.fhir = fhir;
        this.terser = fhir.newTerser();
        this.matcher = matcher;
    }

    /** Whether {@code resource} lies in any part of {@code reach}. */
    public boolean test(IBaseResource resource, Reach reach) {
        return reach.isWhole() || reach.parts().stream().anyMatch(part -> test(resource, part));
    }

    private boolean test(IBaseResource resource, Reach.Part part) {
        Set<String> patients = part.patients();
        return (patients == null || isInCompartment(resource, patients)) && matches(resource, part.filter());
    }

    private boolean isInCompartment(IBaseResource resource, Set<String> patients) {
        String type = resource.fhirType();
        if (type.equals("Patient")) {
            String id = resource.getIdElement().getIdPart();
            return id != null && patients.contains(id);
        }
        return paths.computeIfAbsent(type, this::elements).stream()
                .flatMap(path -> terser.getValues(resource, path, IBaseReference.class).stream())
                .map(IBaseReference::getReferenceElement)
                .anyMatch(reference -> isPatient(reference) && patients.contains(reference.getIdPart()));
    }

    private List<String> elements(String type) {
        return PatientCompartment.paths(fhir, type).stream()
                .map(path -> path.replaceFirst("\\.where\\(.*", ""))
                .distinct()
                .toList();
    }

    /** One of this server; what is stored names it without a base. */
    private static boolean isPatient(IIdType reference) {
        return "Patient".equals(reference.getResourceType()) && reference.hasIdPart() && !reference.hasBaseUrl();
    }

    /** What cannot be said in memory counts as no match, so that doubt hides. */
    private boolean matches(IBaseResource resource, Map<String, List<String>> filter) {
        if (filter.isEmpty()) {
            return true;
        }
        String type = resource.fhirType();
        String query = new Reach.Part(null, filter).query(type);
        InMemoryMatchResult result = matcher.match(type + "?" + query, resource, null, null);
        return result.supported() && result.matched();
    }
}
