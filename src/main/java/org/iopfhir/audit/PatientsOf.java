// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/**
 * Finds whose record a resource is part of. It runs for each resource of each answer, so it goes straight to the elements
 * that can name a patient, where a FHIRPath engine would cost more than the search.
 */
public final class PatientsOf {

    private static final String PATIENT = "Patient/";

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");

    /** Per type, the ways from the resource to a reference, one element name after the other. */
    private final Map<String, List<Step[]>> ways = new HashMap<>();

    /**
     * @param types all that are stored
     * @param paths of a type, such as {@code Observation.subject}
     */
    public PatientsOf(Collection<String> types, Function<String, List<String>> paths) {
        for (String type : types) {
            ways.put(type, paths.apply(type).stream().map(PatientsOf::steps).toList());
        }
    }

    /** Add to {@code ids} the patients of {@code resource}, and of everything in it if it is a Bundle. */
    public void addTo(Set<String> ids, Resource resource) {
        if (resource instanceof Bundle bundle) {
            for (Bundle.BundleEntryComponent entry : bundle.getEntry()) {
                if (entry.hasResource()) {
                    addTo(ids, entry.getResource());
                }
            }
            return;
        }
        String type = resource.fhirType();
        if (type.equals("Patient") && resource.getIdElement().hasIdPart()) {
            ids.add(resource.getIdElement().getIdPart());
        }
        if (resource instanceof Binary binary && binary.hasSecurityContext()) {
            add(ids, binary.getSecurityContext());
        }
        for (Step[] way : ways.getOrDefault(type, List.of())) {
            follow(ids, resource, way, 0);
        }
    }

    private static void follow(Set<String> ids, Base element, Step[] way, int at) {
        if (at == way.length) {
            if (element instanceof Reference reference) {
                add(ids, reference);
            }
            return;
        }
        for (Base next : element.getProperty(way[at].hash(), way[at].name(), false)) {
            if (next != null) {
                follow(ids, next, way, at + 1);
            }
        }
    }

    private static void add(Set<String> ids, Reference reference) {
        String url = reference.getReference();
        int patient = url == null ? -1 : url.lastIndexOf(PATIENT);
        if (patient < 0 || (patient > 0 && url.charAt(patient - 1) != '/')) {
            return;
        }
        int start = patient + PATIENT.length();
        int end = url.indexOf('/', start);
        String id = end < 0 ? url.substring(start) : url.substring(start, end);
        if (ID.matcher(id).matches()) {
            ids.add(id);
        }
    }

    private static Step[] steps(String path) {
        String[] names = path.split("\\.", -1);
        Step[] steps = new Step[names.length - 1];
        for (int i = 0; i < steps.length; i++) {
            steps[i] = new Step(names[i + 1], names[i + 1].hashCode());
        }
        return steps;
    }

    private record Step(String name, int hash) {}
}
