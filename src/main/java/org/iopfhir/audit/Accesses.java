// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.audit;

import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Role;
import org.iopfhir.storage.journal.AuditRow;
import org.iopfhir.storage.journal.AuditRow.Deed;
import org.iopfhir.storage.journal.AuditRow.Doer;
import org.iopfhir.storage.journal.AuditRow.Origin;
import org.jspecify.annotations.Nullable;

/** Makes the rows of the journal out of what was asked, by whom, and how it was answered. */
public final class Accesses {

    private static final String PATIENT = "Patient/";
    private static final String REST = "rest";
    private static final int CLIENT_ERROR = 400;
    private static final int SERVER_ERROR = 500;

    private static final Map<String, String> ACTIONS = Map.ofEntries(
            Map.entry("read", "R"),
            Map.entry("vread", "R"),
            Map.entry("history-instance", "R"),
            Map.entry("history-type", "R"),
            Map.entry("create", "C"),
            Map.entry("update", "U"),
            Map.entry("patch", "U"),
            Map.entry("delete", "D"));

    private final PatientsOf patients;
    private final Clock clock;

    /** Keeps the events of one millisecond in their order. */
    public Accesses(PatientsOf patients, Clock clock) {
        this.patients = patients;
        this.clock = clock;
    }

    /**
     * Who is asking.
     *
     * @param caller    {@code null} when nobody is identified
     * @param requestId as the client or this server named the request
     * @param address   in the network
     */
    public record Asker(
            @Nullable Caller caller,
            @Nullable String requestId,
            @Nullable String address) {}

    /**
     * What was asked, and how it was answered.
     *
     * @param interaction code of FHIR's restful interactions
     * @param type        resource type; {@code null} when the request names none
     * @param query       as it came; {@code null} when nothing but an id selected
     * @param status      HTTP status
     */
    public record Act(
            String interaction,
            @Nullable String type,
            @Nullable String query,
            int status) {}

    /**
     * What an access touched.
     *
     * @param resources as references
     * @param patients  ids of those whose record it is
     */
    public record Touched(List<String> resources, Set<String> patients) {

        /** Nothing that exists. */
        public static final Touched NOTHING = new Touched(List.of(), Set.of());
    }

    /** The resources that {@code answer} shows, and whose they are. */
    public Touched shown(@Nullable Resource answer) {
        if (answer instanceof Parameters parameters) {
            return named(parameters);
        }
        if (answer == null || answer instanceof OperationOutcome) {
            return Touched.NOTHING;
        }
        List<String> resources = new ArrayList<>();
        Set<String> ids = new LinkedHashSet<>();
        if (answer instanceof Bundle bundle && !bundle.getIdElement().hasVersionIdPart()) {
            for (Bundle.BundleEntryComponent entry : bundle.getEntry()) {
                boolean isShown = entry.hasResource() && !(entry.getResource() instanceof OperationOutcome);
                // A line of an accounting is nothing that could be read alone.
                if (isShown && entry.getResource().getIdElement().hasIdPart()) {
                    resources.add(reference(entry.getResource()));
                    patients.addTo(ids, entry.getResource());
                }
            }
        } else {
            resources.add(reference(answer));
            patients.addTo(ids, answer);
        }
        return new Touched(resources, ids);
    }

    /** The patients that the answer of an operation names. */
    private static Touched named(Parameters answer) {
        List<String> references = answer.getParameter().stream()
                .map(Parameters.ParametersParameterComponent::getValue)
                .filter(Reference.class::isInstance)
                .map(value -> String.valueOf(((Reference) value).getReference()))
                .filter(reference -> reference.startsWith(PATIENT))
                .toList();
        return new Touched(
                references,
                references.stream()
                        .map(reference -> reference.substring(PATIENT.length()))
                        .collect(Collectors.toSet()));
    }

    /** The row of one access. */
    public AuditRow row(Asker asker, Act act, Touched touched) {
        Deed deed = new Deed(
                REST,
                List.of(act.interaction()),
                ACTIONS.getOrDefault(act.interaction(), "E"),
                outcome(act.status()),
                act.type(),
                touched.resources(),
                act.query());
        Origin origin = new Origin(asker.requestId(), asker.address(), act.status(), null, null);
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        return new AuditRow(EventIds.next(now), now, deed, doer(asker.caller()), origin, touched.patients());
    }

    private static Doer doer(@Nullable Caller caller) {
        if (caller == null) {
            return Doer.UNKNOWN;
        }
        Caller.Party party = caller.party();
        List<String> roles = party.roles().stream().map(Role::code).sorted().toList();
        String name = party.user() == null ? null : party.subject();
        return new Doer(
                party.user(), name, party.client(), roles, caller.grant().purpose(), List.of());
    }

    private static String outcome(int status) {
        return status < CLIENT_ERROR ? "0" : status < SERVER_ERROR ? "4" : "8";
    }

    private static String reference(Resource resource) {
        return resource.getIdElement().toUnqualified().getValue();
    }
}
