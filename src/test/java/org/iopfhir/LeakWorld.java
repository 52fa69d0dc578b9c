// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Account;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Communication;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.Flag;
import org.hl7.fhir.r4.model.ListResource;
import org.hl7.fhir.r4.model.Narrative;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Schedule;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.Role;
import org.iopfhir.consent.CounselingNotes;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.springframework.jdbc.core.JdbcTemplate;

/** Somebody who asks, what he sees, and what he may not see: of each type one, with a word in it that betrays it. */
final class LeakWorld {

    private static final String ACT = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
    private static final Set<String> EVERYBODYS =
            RunningServer.bean(AccessPolicy.class).shared();

    /** Types of which there cannot be another for a patient who is there already. */
    private static final Set<String> NOT_OF_OWN = Set.of("Patient", "AuditEvent");

    /** Never asked for, so that wherever it stands, something was disclosed. */
    final String canary = "CANARY" + UUID.randomUUID().toString().replace("-", "");

    /** Asked for. */
    final String tag = "tag-" + random();

    final FhirClient program;
    final Belongings mine;
    final FhirClient client;
    private final BundleStore store;
    private final Belongings theirs;
    private Runnable handOver = () -> {};
    private final List<String> secret;
    private final List<Consent> consents = new ArrayList<>();
    private final List<String> consentIds = new ArrayList<>();

    private LeakWorld(FhirClient program, Callers.Who who, Belongings mine, Belongings theirs, List<String> secret) {
        this(program, RunningServer.bean(BundleStore.class), who, mine, theirs, secret);
    }

    private LeakWorld(
            FhirClient program,
            BundleStore store,
            Callers.Who who,
            Belongings mine,
            Belongings theirs,
            List<String> secret) {
        this.program = program;
        this.store = store;
        this.client = program.as(who);
        this.mine = mine;
        this.theirs = theirs;
        this.secret = secret;
        theirs.each(resource -> {
            if (!EVERYBODYS.contains(resource.fhirType())) {
                plant(resource);
            }
        });
        List<String> noSecret =
                EVERYBODYS.stream().filter(type -> !type.equals("Slot")).toList();
        theirs.storeBy(store, noSecret);
    }

    static LeakWorld of(String name, FhirClient program) {
        Belongings mine = new Belongings("seen-" + random());
        mine.store(program);
        return switch (name) {
            case "hospital" -> {
                program.store(
                        Consents.permit(mine.patient(), mine.id("Organization"), mine.id("Organization"), "TREAT"));
                Belongings theirs = new Belongings(hidden());
                yield new LeakWorld(program, partner(mine, "TREAT"), mine, theirs, guarded(theirs));
            }
            case "hospital-of-some" -> {
                Consent consent =
                        Consents.permit(mine.patient(), mine.id("Organization"), mine.id("Organization"), "TREAT");
                consent.getProvision().addSecurityLabel(new Coding(ACT, "SUD", null));
                program.store(consent);
                yield ownRecords(program, partner(mine, "TREAT"), mine, "HIV");
            }
            case "payer" -> payer(program, mine);
            case "family-member" -> {
                Consent consent =
                        Consents.permit(mine.patient(), mine.id("Organization"), mine.id("RelatedPerson"), "PATRQT");
                consent.getProvision().addSecurityLabel(new Coding(ACT, "SUD", null));
                program.store(consent);
                String user = mine.id("RelatedPerson").substring("RelatedPerson/".length());
                yield ownRecords(program, Callers.familyMember(user, mine.patientId()), mine, "HIV");
            }
            case "patient-with-notes" -> ownRecords(program, Callers.patient(mine.patientId()), mine, "PSYTHPN");
            case "patient-of-a-group" -> group(program, mine);
            default -> notes(program, mine, name);
        };
    }

    /** A counselor of one of two programs; the records of the other are hidden. */
    static LeakWorld ofTwoPrograms(RunningServer server, String one, String other) {
        BundleStore store = server.own(BundleStore.class);
        Belongings mine = new Belongings("seen-" + random());
        mine.storeBy(store, mine.types());
        Belongings theirs = new Belongings(hidden());
        LeakWorld world = new LeakWorld(
                server.fhir(), store, Callers.staffOf(one, Role.COUNSELOR), mine, theirs, guarded(theirs));
        // What the server stores itself is of the first program, and nobody else may choose ids.
        world.handOver = () -> new JdbcTemplate(server.own(DataSource.class))
                .update(
                        "update IOP_RECORD set CUSTODIAN = ? where RES_ID in"
                                + " (select RES_ID from HFJ_RESOURCE where FHIR_ID like ?)",
                        other,
                        theirs.name() + "-%");
        return world;
    }

    private static LeakWorld payer(FhirClient program, Belongings mine) {
        String payer = mine.id("Organization");
        program.store(Consents.permit(mine.patient(), payer, payer, "HPAYMT"));
        Belongings theirs = new Belongings(hidden());
        LeakWorld world = new LeakWorld(program, partner(mine, "HPAYMT"), mine, theirs, guarded(theirs));
        world.consents.add(Consents.restriction(theirs.patient(), payer, payer, "HPAYMT"));
        world.consents.add(Consents.permit(theirs.patient(), payer, payer, "HPAYMT", "TREAT"));
        return world;
    }

    /** Somebody of the program, and counseling notes of somebody else. */
    private static LeakWorld notes(FhirClient program, Belongings mine, String name) {
        Role role = Role.of(name).orElseThrow();
        Belongings theirs = Belongings.underGivenIds(hidden(), mine.patient());
        // What names no author is the medical director's, and so no secret to him.
        List<String> secret = label(theirs, "PSYTHPN").stream()
                .filter(type -> role != Role.MEDICAL_DIRECTOR
                        || CounselingNotes.author(theirs.of(type))
                                .filter(author -> !author.isEmpty())
                                .isPresent())
                .toList();
        Callers.Who who = role == Role.PROGRAM_SYSTEM ? Callers.programSystem() : Callers.staff(role);
        return new LeakWorld(program, who, mine, theirs, secret);
    }

    private static LeakWorld ownRecords(FhirClient program, Callers.Who who, Belongings mine, String label) {
        Belongings theirs = new Belongings(hidden(), mine.patient());
        return new LeakWorld(program, who, mine, theirs, label(theirs, label));
    }

    /** Label what is not everybody's; returns its types, apart from those of which there is one already. */
    private static List<String> label(Belongings theirs, String label) {
        theirs.each(resource -> {
            if (!EVERYBODYS.contains(resource.fhirType())) {
                resource.getMeta().addSecurity(new Coding(ACT, label, null));
            }
        });
        return guarded(theirs).stream()
                .filter(type -> !NOT_OF_OWN.contains(type))
                .toList();
    }

    /** Records of the patient that name another one as well. */
    private static LeakWorld group(FhirClient program, Belongings mine) {
        Reference other = new Reference(program.store(new Invented().patient("Andere")));
        Belongings theirs = new Belongings(hidden(), mine.patient());
        List<String> named = new ArrayList<>();
        theirs.each(resource -> {
            if (name(resource, other)) {
                named.add(resource.fhirType());
            }
        });
        return new LeakWorld(program, Callers.patient(mine.patientId()), mine, theirs, named);
    }

    private static boolean name(Resource resource, Reference other) {
        if (resource instanceof Appointment appointment) {
            appointment.addParticipant().setActor(other).setStatus(Appointment.ParticipationStatus.NEEDSACTION);
        } else if (resource instanceof Communication communication) {
            communication.addRecipient(other);
        } else if (resource instanceof Observation observation) {
            observation.addFocus(other);
        } else if (resource instanceof Schedule schedule) {
            schedule.addActor(other);
        } else if (resource instanceof Provenance provenance) {
            provenance.addTarget(other);
        } else if (resource instanceof Account account) {
            account.addSubject(other);
        } else if (resource instanceof DocumentReference document) {
            document.getContext().addRelated(other);
        } else if (resource instanceof Composition composition) {
            composition.addAuthor(other);
        } else if (resource instanceof ListResource list) {
            list.addEntry().setItem(other);
        } else if (resource instanceof Encounter || resource instanceof Flag) {
            ((DomainResource) resource).addExtension("https://iop-fhir.org/test/names", other);
        } else {
            return false;
        }
        return true;
    }

    private void plant(Resource resource) {
        resource.getMeta().addTag(new Coding(Invented.SYSTEM, tag, canary));
        if (resource instanceof DomainResource domain) {
            Narrative text = new Narrative().setStatus(Narrative.NarrativeStatus.ADDITIONAL);
            text.setDivAsString("<div xmlns=\"http://www.w3.org/1999/xhtml\">" + canary + "</div>");
            domain.setText(text);
        } else if (resource instanceof Binary binary) {
            binary.setContentType("text/plain " + canary);
        }
        if (resource instanceof Patient patient) {
            patient.addName().setFamily(canary);
        } else if (resource instanceof Observation observation) {
            observation.setCode(new CodeableConcept().setText(canary));
        }
    }

    Belongings theirs() {
        return theirs;
    }

    void store() {
        theirs.storeBy(store, secret);
        handOver.run();
        consents.forEach(consent -> consentIds.add(program.store(consent)));
    }

    void delete() {
        Collections.reverse(consentIds);
        consentIds.forEach(id -> program.delete(id).send().expect(200));
        theirs.deleteBy(store, secret);
    }

    private static List<String> guarded(Belongings all) {
        return all.types().stream()
                .filter(type -> !EVERYBODYS.contains(type) && !type.equals("AuditEvent"))
                .toList();
    }

    private static Callers.Who partner(Belongings mine, String purpose) {
        return Callers.partner(mine.id("Organization"), purpose);
    }

    private static String hidden() {
        return "hidden-" + random();
    }

    static String random() {
        return UUID.randomUUID().toString().substring(0, 8);
    }
}
