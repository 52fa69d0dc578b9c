// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.nio.charset.StandardCharsets;
import java.util.Date;
import java.util.Set;
import java.util.TreeSet;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAgentNetworkType;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventOutcome;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Identifier;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.storage.AuditForm;
import org.iopfhir.storage.journal.AuditRow;
import org.iopfhir.storage.journal.AuditRow.Doer;
import org.jspecify.annotations.Nullable;

/**
 * Writes a row of the journal as the AuditEvent that IHE BALP describes for its interaction.
 *
 * @see <a href="https://profiles.ihe.net/ITI/BALP/content.html">IHE BALP, content profiles</a>
 */
public final class BalpForm implements AuditForm {

    private static final String REST = "http://terminology.hl7.org/CodeSystem/audit-event-type";
    private static final String INTERACTION = "http://hl7.org/fhir/restful-interaction";
    private static final String ENTITY_TYPE = "http://terminology.hl7.org/CodeSystem/audit-entity-type";
    private static final String ROLE = "http://terminology.hl7.org/CodeSystem/object-role";
    private static final String RESOURCE_TYPE = "http://hl7.org/fhir/resource-types";
    private static final String SOURCE_TYPE = "http://terminology.hl7.org/CodeSystem/security-source-type";
    private static final String PURPOSE = "http://terminology.hl7.org/CodeSystem/v3-ActReason";
    private static final String BALP_ENTITY = "https://profiles.ihe.net/ITI/BALP/CodeSystem/BasicAuditEntityType";
    private static final int FAILED = 400;

    private static final String NAME = "iop-fhir";

    private final String server;
    private final AuditEventAgentNetworkType addressType;
    private final DescribedEvents described;

    /**
     * @param baseUrl   where this server is reached; empty when that is not set
     * @param described reads what clients describe
     */
    public BalpForm(String baseUrl, DescribedEvents described) {
        this.server = baseUrl.isEmpty() ? NAME : baseUrl;
        this.addressType = baseUrl.isEmpty() ? AuditEventAgentNetworkType._1 : AuditEventAgentNetworkType._5;
        this.described = described;
    }

    @Override
    public AuditRow row(AuditEvent event) {
        return described.row(event);
    }

    @Override
    public AuditEvent event(AuditRow row, @Nullable Set<String> patients) {
        AuditEvent event = row.isDescribed() ? DescribedEvents.remembered(row, patients) : written(row, patients);
        event.setId("AuditEvent/" + row.id() + "/_history/1");
        event.getMeta().setVersionId("1").setLastUpdated(Date.from(row.recorded()));
        event.setRecorded(Date.from(row.recorded()));
        return event;
    }

    private AuditEvent written(AuditRow row, @Nullable Set<String> patients) {
        BalpPattern pattern = BalpPattern.of(row);
        AuditEvent event = new AuditEvent();
        if (pattern.profile() != null) {
            event.getMeta().addProfile(pattern.profile());
        }
        event.setType(new Coding(REST, "rest", "Restful Operation"));
        row.deed().subtypes().forEach(code -> event.addSubtype(new Coding(INTERACTION, code, null)));
        event.setAction(AuditEventAction.fromCode(row.deed().action()));
        event.setOutcome(AuditEventOutcome.fromCode(row.deed().outcome()));
        if (row.origin().status() >= FAILED) {
            event.setOutcomeDesc("HTTP " + row.origin().status());
        }
        agents(event, row, pattern);
        event.getSource().setObserver(known(server)).addType(new Coding(SOURCE_TYPE, "4", "Application Server"));
        entities(event, row, pattern, patients);
        return event;
    }

    private void agents(AuditEvent event, AuditRow row, BalpPattern pattern) {
        Doer doer = row.doer();
        String client = doer.client();
        event.addAgent()
                .setType(concept(pattern.client()))
                .setWho(client == null ? new Reference().setDisplay("not identified") : known(client))
                .setRequestor(doer.user() == null && doer.name() == null)
                .getNetwork()
                .setAddress(
                        row.origin().address() == null
                                ? "unknown"
                                : row.origin().address())
                .setType(AuditEventAgentNetworkType._2);
        event.addAgent()
                .setType(concept(pattern.server()))
                .setWho(known(server))
                .setRequestor(false)
                .getNetwork()
                .setAddress(server)
                .setType(addressType);
        AuditEvent.AuditEventAgentComponent asker = event.getAgentFirstRep();
        if (doer.user() != null || doer.name() != null) {
            asker = event.addAgent().setType(concept(pattern.user())).setRequestor(true);
            asker.setName(doer.name()).setWho(doer.name() == null ? new Reference() : known(doer.name()));
            asker.getWho().setReference(doer.user());
        }
        if (pattern.takesRoles() || asker != event.getAgentFirstRep()) {
            for (String role : doer.roles()) {
                asker.addRole().setText(role);
            }
            if (doer.purpose() != null) {
                asker.addPurposeOfUse(concept(new Coding(PURPOSE, doer.purpose(), null)));
            }
        }
    }

    private static void entities(
            AuditEvent event, AuditRow row, BalpPattern pattern, @Nullable Set<String> readersPatients) {
        boolean whole = readersPatients == null || readersPatients.containsAll(row.patients());
        for (String patient : new TreeSet<>(row.patients())) {
            if (readersPatients == null || readersPatients.contains(patient)) {
                event.addEntity()
                        .setWhat(new Reference("Patient/" + patient))
                        .setType(new Coding(ENTITY_TYPE, "1", "Person"))
                        .setRole(new Coding(ROLE, "1", "Patient"));
            }
        }
        if (whole) {
            for (String resource : row.deed().resources()) {
                event.addEntity()
                        .setWhat(new Reference(resource))
                        .setType(
                                pattern.isQuery()
                                        ? new Coding(RESOURCE_TYPE, resource.substring(0, resource.indexOf('/')), null)
                                        : new Coding(ENTITY_TYPE, "2", "System Object"))
                        .setRole(new Coding(ROLE, "4", "Domain Resource"));
            }
        }
        if (row.deed().query() != null && readersPatients == null) {
            event.addEntity()
                    .setType(new Coding(ENTITY_TYPE, "2", "System Object"))
                    .setRole(new Coding(ROLE, "24", "Query"))
                    .setQuery(row.deed().query().getBytes(StandardCharsets.UTF_8));
        }
        if (row.origin().requestId() != null) {
            event.addEntity()
                    .setType(new Coding(BALP_ENTITY, "XrequestId", null))
                    .getWhat()
                    .setIdentifier(new Identifier().setValue(row.origin().requestId()));
        }
    }

    private static Reference known(String name) {
        return new Reference().setIdentifier(new Identifier().setValue(name)).setDisplay(name);
    }

    private static CodeableConcept concept(Coding coding) {
        return new CodeableConcept(coding.copy());
    }
}
