// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.util.UUID;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Quantity;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/**
 * Valid resources of invented people, so that a test states only what matters to it. Each test makes its own: all that
 * comes from one object carries one tag, by which a search stays among its own.
 */
public final class Invented {

    /** System of the tags and identifiers of the tests. */
    public static final String SYSTEM = "https://iop-fhir.org/test";

    private final String tag = UUID.randomUUID().toString();

    /** The tag of everything made here. */
    public String tag() {
        return tag;
    }

    /** {@code _tag=...}, which finds what was made here and nothing else. */
    public String tagged() {
        return "_tag=" + SYSTEM + "|" + tag;
    }

    /** An identifier as a search token, unique to this test. */
    public String token(String value) {
        return SYSTEM + "|" + tag + value;
    }

    public Patient patient(String family) {
        Patient patient = tagged(new Patient());
        patient.addIdentifier().setSystem(SYSTEM).setValue(tag + family);
        patient.addName().setFamily(family).addGiven("Testina");
        patient.setGender(org.hl7.fhir.r4.model.Enumerations.AdministrativeGender.FEMALE);
        return patient;
    }

    public Practitioner practitioner(String family) {
        Practitioner practitioner = tagged(new Practitioner());
        practitioner.addIdentifier().setSystem(SYSTEM).setValue(tag + family);
        practitioner.addName().setFamily(family).addGiven("Inventia");
        return practitioner;
    }

    public Organization organization(String name) {
        Organization organization = tagged(new Organization());
        organization.setName(name).setActive(true);
        return organization;
    }

    /** A laboratory value of {@code patient}, final. */
    public Observation observation(String patient) {
        Observation observation = tagged(new Observation());
        observation.setStatus(Observation.ObservationStatus.FINAL);
        observation
                .addCategory()
                .addCoding(new Coding(
                        "http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory"));
        observation.getCode().addCoding(new Coding("http://loinc.org", "5778-6", "Color of Urine"));
        observation.setSubject(new Reference(patient));
        observation.setEffective(new DateTimeType("2026-03-04T10:00:00Z"));
        return observation;
    }

    public Observation observation(String patient, String value, String unit) {
        Observation observation = observation(patient);
        observation.setValue(new Quantity()
                .setValue(new java.math.BigDecimal(value))
                .setUnit(unit)
                .setSystem("http://unitsofmeasure.org")
                .setCode(unit));
        return observation;
    }

    /** A hospital's encounter, not a session of the program. */
    public Encounter encounter(String patient) {
        Encounter encounter = tagged(new Encounter());
        encounter.setStatus(Encounter.EncounterStatus.FINISHED);
        encounter.setClass_(
                new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "IMP", "inpatient encounter"));
        encounter.addType().setText("Hospital stay");
        encounter.setSubject(new Reference(patient));
        return encounter;
    }

    public Appointment appointment(String patient) {
        Appointment appointment = tagged(new Appointment());
        appointment.setStatus(Appointment.AppointmentStatus.PROPOSED);
        appointment
                .addParticipant()
                .setActor(new Reference(patient))
                .setStatus(Appointment.ParticipationStatus.NEEDSACTION);
        return appointment;
    }

    public <T extends Resource> T tagged(T resource) {
        resource.getMeta().addTag(new Coding(SYSTEM, tag, null));
        return resource;
    }

    public static Bundle transaction() {
        return new Bundle().setType(BundleType.TRANSACTION);
    }

    public static Bundle batch() {
        return new Bundle().setType(BundleType.BATCH);
    }

    /** A name for a resource within a transaction. */
    public static String placeholder() {
        return "urn:uuid:" + UUID.randomUUID();
    }

    public static BundleEntryComponent post(Bundle bundle, String fullUrl, Resource resource) {
        BundleEntryComponent entry = bundle.addEntry().setFullUrl(fullUrl).setResource(resource);
        entry.getRequest().setMethod(HTTPVerb.POST).setUrl(resource.fhirType());
        return entry;
    }

    public static BundleEntryComponent put(Bundle bundle, String url, Resource resource) {
        BundleEntryComponent entry = bundle.addEntry().setResource(resource);
        entry.getRequest().setMethod(HTTPVerb.PUT).setUrl(url);
        return entry;
    }

    public static BundleEntryComponent request(Bundle bundle, HTTPVerb verb, String url) {
        BundleEntryComponent entry = bundle.addEntry();
        entry.getRequest().setMethod(verb).setUrl(url);
        return entry;
    }
}
