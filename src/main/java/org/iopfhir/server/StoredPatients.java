// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.smart.PatientDirectory;
import org.iopfhir.storage.PatientNames;
import org.iopfhir.storage.RecordFinder;

/** The patients of the program, as the sign-in pages show them. */
record StoredPatients(RecordFinder records, PatientNames names) implements PatientDirectory {

    private static final int SHOWN = 20;

    @Override
    public List<Entry> find(String name) {
        // A comma would make alternatives of one name.
        String plain = name.replaceAll("[\\\\,|$]", " ").strip();
        return plain.isEmpty()
                ? List.of()
                : names.find(plain, SHOWN).stream().map(StoredPatients::entry).toList();
    }

    @Override
    public Optional<Entry> patient(String id) {
        return read("Patient", id).map(StoredPatients::entry);
    }

    @Override
    public boolean isEncounterOf(String encounter, String patient) {
        return read("Encounter", encounter)
                .map(Encounter.class::cast)
                .map(found -> found.getSubject().getReferenceElement())
                .filter(subject -> "Patient".equals(subject.getResourceType()) && patient.equals(subject.getIdPart()))
                .isPresent();
    }

    private Optional<Resource> read(String type, String id) {
        return id.matches("[A-Za-z0-9.-]{1,64}")
                ? records.now().read(List.of(type + "/" + id)).stream().findFirst()
                : Optional.empty();
    }

    private static Entry entry(Resource resource) {
        Patient patient = (Patient) resource;
        String name = patient.hasName() ? patient.getNameFirstRep().getNameAsSingleString() : "(without a name)";
        return new Entry(
                patient.getIdElement().getIdPart(),
                name,
                patient.hasBirthDate() ? patient.getBirthDateElement().getValueAsString() : null);
    }
}
