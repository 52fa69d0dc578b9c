// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.model.api.TemporalPrecisionEnum;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
import java.util.Set;
import java.util.TimeZone;
import org.hl7.fhir.r4.model.Attachment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Enumerations.DocumentReferenceStatus;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.RelatedPerson;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.PlainWorld.Held;
import org.iopfhir.consent.PlainWorld.Kept;
import org.iopfhir.consent.PlainWorld.Person;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;

/** A {@link PlainWorld} in a running server, stored as the server stores what it writes itself. */
final class StoredWorld {
    private static final int PEOPLE_AT_ONCE = 10;

    private StoredWorld() {}

    /** Settings of the server. */
    static String[] settings() {
        return new String[] {
            "--iop.part2.programs=" + String.join(",", PlainWorld.PROGRAMS),
            "--iop.part2.intermediaries.exchange=hospital,plan"
        };
    }

    static void store(PlainWorld world, RunningServer server) {
        BundleStore store = server.own(BundleStore.class);
        Bundle parties = Invented.transaction();
        List<String> organizations = new ArrayList<>(PlainWorld.PROGRAMS);
        organizations.addAll(List.of("hospital", "plan", "exchange"));
        for (String id : organizations) {
            put(parties, new Organization().setActive(true).setName("Sample " + id), id);
        }
        Practitioner practitioner = new Practitioner();
        practitioner.addName().setFamily("Larkspur").addGiven("Inventia");
        put(parties, practitioner, "larkspur");
        put(parties, new Patient().setActive(true), "of-the-sister");
        RelatedPerson sister = new RelatedPerson().setPatient(new Reference("Patient/of-the-sister"));
        sister.addName().setFamily("Marigold");
        put(parties, sister, "sister");
        store.store(parties);
        List<Person> people = world.people();
        for (int first = 0; first < people.size(); first += PEOPLE_AT_ONCE) {
            Bundle bundle = Invented.transaction();
            people.subList(first, Math.min(people.size(), first + PEOPLE_AT_ONCE))
                    .forEach(person -> add(bundle, person));
            store.store(bundle);
        }
        IFhirResourceDao<Consent> consents = server.own(DaoRegistry.class).getResourceDao(Consent.class);
        people.forEach(person -> List.copyOf(person.consents()).forEach(held -> {
            if (!isStored(held, person, consents)) {
                person.forget(held);
            }
        }));
    }

    /** Whether the server takes it; what is not even in the form of a consent it refuses. */
    private static boolean isStored(Held held, Person person, IFhirResourceDao<Consent> consents) {
        String program = "Organization/" + held.program();
        Consent consent = WrittenConsents.write(held.plain(), held.id(), "Patient/" + person.id(), program);
        try {
            consents.update(consent, new SystemRequestDetails());
            return true;
        } catch (UnprocessableEntityException e) {
            return false;
        }
    }

    private static void add(Bundle bundle, Person person) {
        person.records().stream()
                .filter(record -> !record.type().equals("Consent"))
                .forEach(record -> {
                    Resource resource = resource(record, person);
                    record.brought().forEach(label -> resource.getMeta().addSecurity(WrittenConsents.label(label)));
                    put(bundle, resource, record.name().substring(record.type().length() + 1));
                });
    }

    private static void put(Bundle bundle, Resource resource, String id) {
        resource.setId(id);
        Invented.put(bundle, resource.fhirType() + "/" + id, resource);
    }

    private static Resource resource(Kept record, Person person) {
        Reference subject = new Reference("Patient/" + person.id());
        return switch (record.type()) {
            case "Patient" -> patient(person.tied());
            case "Observation" -> observation(record, subject);
            case "CarePlan" -> plan(record, subject);
            case "DocumentReference" -> document(record, subject);
            default -> throw new IllegalArgumentException(record.type());
        };
    }

    private static Patient patient(Set<String> tied) {
        Patient patient = new Patient();
        patient.addName().setFamily("Sample").addGiven("Testina");
        tied.forEach(id -> patient.addGeneralPractitioner(new Reference("Organization/" + id)));
        return patient;
    }

    private static Observation observation(Kept record, Reference subject) {
        Observation observation = new Observation();
        observation.setStatus(Observation.ObservationStatus.FINAL);
        observation.setCode(new CodeableConcept().setText("Color of urine"));
        observation.setSubject(subject);
        if (record.happened() != null) {
            observation.setEffective(time(record));
        }
        return observation;
    }

    private static CarePlan plan(Kept record, Reference subject) {
        CarePlan plan = new CarePlan();
        plan.setStatus(CarePlan.CarePlanStatus.DRAFT).setIntent(CarePlan.CarePlanIntent.PROPOSAL);
        plan.setSubject(subject);
        if (record.happened() != null) {
            plan.getPeriod().setStartElement(time(record));
        }
        return plan;
    }

    private static DocumentReference document(Kept record, Reference subject) {
        DocumentReference document = new DocumentReference();
        document.setStatus(DocumentReferenceStatus.CURRENT);
        document.setSubject(subject);
        document.setCustodian(new Reference("Organization/" + record.program()));
        document.addContent().setAttachment(new Attachment().setUrl("https://clearwater.example.org/page"));
        if (record.happened() != null) {
            document.setDateElement(new InstantType(Date.from(record.happened())));
        }
        return document;
    }

    private static DateTimeType time(Kept record) {
        DateTimeType time = new DateTimeType(Date.from(record.happened()));
        time.setPrecision(TemporalPrecisionEnum.MILLI);
        time.setTimeZone(TimeZone.getTimeZone("UTC"));
        return time;
    }
}
