// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.util.Date;
import java.util.Optional;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentComponent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentNetworkType;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventOutcome;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.storage.journal.DisclosedRow;

/**
 * Writes a disclosure as the AuditEvent of the profile IOP Disclosure: date, recipient, what, why and under which consent,
 * 42 CFR 2.25 and 45 CFR 164.528.
 */
public final class DisclosureForm {

    private static final String PROFILE = "https://iop-fhir.org/fhir/StructureDefinition/iop-audit-event";
    private static final String DICOM = "http://dicom.nema.org/resources/ontology/DCM";
    private static final String LIFECYCLE = "http://terminology.hl7.org/CodeSystem/iso-21089-lifecycle";
    private static final String OWN = "https://iop-fhir.org/fhir/CodeSystem/iop-audit";
    private static final String ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private static final String ROLE = "http://terminology.hl7.org/CodeSystem/object-role";
    private static final String RESOURCE_TYPE = "http://hl7.org/fhir/resource-types";
    private static final String SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type";
    private static final String PURPOSE = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    private static final String UNKNOWN = "unknown";

    /**
     * Who disclosed.
     *
     * @param who     the program, or the server where it is not known
     * @param address of the server
     */
    public record Source(Reference who, String address) {}

    /**
     * The event of a disclosure; it has no id, since it is a line of an accounting and nothing to be read alone.
     *
     * @param version of the consent at that time; empty when it is not known
     */
    public AuditEvent event(DisclosedRow row, Source source, Optional<String> version) {
        AuditEvent event = new AuditEvent();
        event.getMeta().addProfile(PROFILE);
        event.setType(new Coding(DICOM, "110106", "Export"));
        event.addSubtype(new Coding(LIFECYCLE, "disclose", null));
        event.addSubtype(new Coding(OWN, "part2-disclosure", "Disclosure under Part 2"));
        event.setAction(AuditEventAction.R);
        event.setRecorded(Date.from(row.recorded()));
        event.setOutcome(AuditEventOutcome._0);
        event.setOutcomeDesc(
                row.basis().consent() == null ? "Medical emergency, 42 CFR 2.51" : "Written consent, 42 CFR 2.31");
        event.addPurposeOfEvent(concept(new Coding(PURPOSE, row.purpose(), null)));
        agents(event, row, source);
        event.getSource().setObserver(source.who().copy()).addType(new Coding(SOURCE_TYPE, "4", "Application Server"));
        entities(event, row, version);
        return event;
    }

    private static void agents(AuditEvent event, DisclosedRow row, Source source) {
        event.addAgent()
                .setType(concept(new Coding(DICOM, "110153", "Source Role ID")))
                .setWho(source.who().copy())
                .setRequestor(false)
                .getNetwork()
                .setAddress(source.address())
                .setType(AuditEventAgentNetworkType._5);
        DisclosedRow.Party party = row.party();
        boolean isNamed = !party.recipient().isEmpty();
        AuditEventAgentComponent recipient = event.addAgent()
                .setType(concept(new Coding(DICOM, "110152", "Destination Role ID")))
                .setWho(isNamed ? new Reference(party.recipient()) : client(party))
                .setRequestor(true);
        recipient
                .getNetwork()
                .setAddress(party.address() == null ? UNKNOWN : party.address())
                .setType(AuditEventAgentNetworkType._2);
        if (party.client() != null && isNamed) {
            event.addAgent()
                    .setType(concept(new Coding(DICOM, "110150", "Application")))
                    .setWho(client(party))
                    .setRequestor(false);
        }
        if (party.user() != null && !party.user().equals(party.recipient())) {
            event.addAgent().setWho(new Reference(party.user())).setRequestor(false);
        }
    }

    private static Reference client(DisclosedRow.Party party) {
        String client = party.client() == null ? UNKNOWN : party.client();
        return new Reference().setIdentifier(new Identifier().setValue(client)).setDisplay(client);
    }

    private static void entities(AuditEvent event, DisclosedRow row, Optional<String> version) {
        event.addEntity()
                .setWhat(new Reference("Patient/" + row.patient()))
                .setType(new Coding(ENTITY_TYPE, "1", "Person"))
                .setRole(new Coding(ROLE, "1", "Patient"));
        if (row.basis().consent() != null) {
            String consent = "Consent/" + row.basis().consent();
            event.addEntity()
                    .setWhat(new Reference(
                            version.map(known -> consent + "/_history/" + known).orElse(consent)))
                    .setType(new Coding(RESOURCE_TYPE, "Consent", null));
        }
        for (String resource : row.resources()) {
            event.addEntity()
                    .setWhat(new Reference(resource))
                    .setType(new Coding(ENTITY_TYPE, "2", "System Object"))
                    .setRole(new Coding(ROLE, "4", "Domain Resource"));
        }
    }

    private static CodeableConcept concept(Coding coding) {
        return new CodeableConcept(coding);
    }
}
