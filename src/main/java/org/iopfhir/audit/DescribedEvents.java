// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.time.Instant;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventAction;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventOutcome;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.storage.journal.AuditRow;
import org.iopfhir.storage.journal.AuditRow.Deed;
import org.iopfhir.storage.journal.AuditRow.Doer;
import org.iopfhir.storage.journal.AuditRow.Origin;
import org.jspecify.annotations.Nullable;

/** Reads what the journal has to know of an AuditEvent that a client described, so that one search finds all events. */
public final class DescribedEvents {

    private final PatientsOf patients;

    public DescribedEvents(PatientsOf patients) {
        this.patients = patients;
    }

    AuditRow row(AuditEvent event) {
        Set<String> owners = new TreeSet<>();
        patients.addTo(owners, event);
        Deed deed = new Deed(
                code(event.getType()),
                event.getSubtype().stream().map(DescribedEvents::code).toList(),
                event.hasAction() ? event.getAction().toCode() : null,
                event.hasOutcome() ? event.getOutcome().toCode() : null,
                null,
                references(event.getEntity().stream().map(AuditEvent.AuditEventEntityComponent::getWhat)),
                null);
        Doer doer = new Doer(
                null,
                null,
                null,
                List.of(),
                null,
                references(event.getAgent().stream().map(AuditEvent.AuditEventAgentComponent::getWho)));
        Instant recorded = event.getRecorded().toInstant();
        Instant stored = event.getMeta().hasLastUpdated()
                ? event.getMeta().getLastUpdated().toInstant()
                : recorded;
        Origin origin =
                new Origin(null, null, 0, event.getSource().getObserver().getReference(), stored);
        return new AuditRow(event.getIdElement().getIdPart(), recorded, deed, doer, origin, owners);
    }

    /** What the journal still knows of a described event, when what the client sent is no longer stored. */
    static AuditEvent remembered(AuditRow row, @Nullable Set<String> readersPatients) {
        AuditEvent event = new AuditEvent();
        event.setType(coding(row.deed().type()));
        row.deed().subtypes().forEach(code -> event.addSubtype(coding(code)));
        event.setAction(AuditEventAction.fromCode(row.deed().action()));
        event.setOutcome(AuditEventOutcome.fromCode(row.deed().outcome()));
        if (readersPatients == null) {
            row.doer().others().forEach(other -> event.addAgent().setWho(new Reference(other)));
        }
        event.getSource().setObserver(new Reference(row.origin().source()));
        row.patients().stream()
                .filter(patient -> readersPatients == null || readersPatients.contains(patient))
                .sorted()
                .forEach(patient -> event.addEntity().setWhat(new Reference("Patient/" + patient)));
        return event;
    }

    private static Coding coding(String code) {
        int bar = code.indexOf('|');
        return new Coding(code.substring(0, bar), code.substring(bar + 1), null);
    }

    private static String code(Coding coding) {
        return withoutSpace(coding.getSystem()) + "|" + withoutSpace(coding.getCode());
    }

    private static List<String> references(Stream<Reference> references) {
        Set<String> found = new LinkedHashSet<>();
        references.map(Reference::getReference).forEach(reference -> {
            if (reference != null && reference.equals(withoutSpace(reference))) {
                found.add(reference);
            }
        });
        return List.copyOf(found);
    }

    /** A space would end the part of a column. */
    private static String withoutSpace(@Nullable String text) {
        return text == null ? "" : text.replaceAll("\\s", "");
    }
}
