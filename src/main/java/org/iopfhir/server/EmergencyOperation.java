// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Date;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.DateType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.hl7.fhir.r4.model.Task;
import org.hl7.fhir.r4.model.Task.TaskIntent;
import org.hl7.fhir.r4.model.Task.TaskPriority;
import org.hl7.fhir.r4.model.Task.TaskStatus;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Role;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;
import org.iopfhir.server.gate.CallerViewers;
import org.iopfhir.server.gate.RequestCaller;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.storage.RecordFinder;
import org.iopfhir.storage.disclosure.EmergencyAccesses;
import org.iopfhir.storage.disclosure.EmergencyAccesses.Opening;
import org.iopfhir.storage.disclosure.EmergencyAccesses.Statement;
import org.jspecify.annotations.Nullable;

/**
 * {@code Patient/$emergency-access}: opens the record of one patient to medical personnel for a short time, when the
 * patient's consent cannot be had. What 2.51(c) wants to be written down is asked for before anything is told, and the
 * program gets a Task to review it.
 *
 * @see <a href="https://www.ecfr.gov/current/title-42/section-2.51">42 CFR 2.51</a>
 */
public final class EmergencyOperation {

    /** Of the Tasks to review, each of which has the id of the opening as its value. */
    static final String REVIEWS = "https://iop-fhir.org/fhir/emergency-access";

    private static final String ID = "_id";
    private static final Set<String> PURPOSES = Set.of("ETREAT", "BTG");
    private static final int LONGEST = 1000;

    private final EmergencyAccesses accesses;
    private final RecordFinder finder;
    private final BundleStore store;
    private final Part2Settings settings;
    private final Clock clock;

    EmergencyOperation(
            EmergencyAccesses accesses, RecordFinder finder, BundleStore store, Part2Settings settings, Clock clock) {
        this.accesses = accesses;
        this.finder = finder;
        this.store = store;
        this.settings = settings;
        this.clock = clock;
    }

    /** The patient is named by {@code patient}, by {@code identifier}, or by {@code family} and {@code birthDate}. */
    @Operation(name = "$emergency-access", typeName = "Patient", idempotent = false)
    public Parameters open(
            @OperationParam(name = "purpose") @Nullable CodeType purpose,
            @OperationParam(name = "personnel") @Nullable StringType personnel,
            @OperationParam(name = "affiliation") @Nullable StringType affiliation,
            @OperationParam(name = "nature") @Nullable StringType nature,
            @OperationParam(name = "patient") @Nullable Reference patient,
            @OperationParam(name = "identifier") @Nullable StringType identifier,
            @OperationParam(name = "family") @Nullable StringType family,
            @OperationParam(name = "birthDate") @Nullable DateType birthDate,
            RequestDetails request) {
        Caller caller = RequestCaller.of(request).orElseThrow();
        if (!caller.party().roles().contains(Role.PARTNER_SYSTEM)) {
            throw FailureTranslation.forbidden("only a partner-system opens a record in an emergency");
        }
        Statement statement = new Statement(text(purpose), text(personnel), text(affiliation), text(nature));
        Map<String, List<String>> search = search(patient, identifier, family, birthDate);
        check(statement, search);
        String id = onlyOne(search);
        return open(caller, statement, id);
    }

    private Parameters open(Caller caller, Statement statement, String patient) {
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        Opening opening = new Opening(
                UUID.randomUUID().toString(),
                CallerViewers.nameOf(caller),
                patient,
                statement,
                now,
                now.plus(settings.emergency()));
        // The program is told first, so that nothing is opened of which it does not know.
        store.store(notice(caller, opening));
        accesses.open(opening);
        Parameters answer = new Parameters();
        answer.addParameter("id", opening.id());
        answer.addParameter().setName("patient").setValue(new Reference("Patient/" + patient));
        answer.addParameter().setName("until").setValue(new InstantType(Date.from(opening.closes())));
        return answer;
    }

    private static String text(@Nullable StringType value) {
        return value == null || value.getValue() == null ? "" : value.getValue().strip();
    }

    private static Map<String, List<String>> search(
            @Nullable Reference patient,
            @Nullable StringType identifier,
            @Nullable StringType family,
            @Nullable DateType birthDate) {
        Map<String, List<String>> search = new LinkedHashMap<>();
        if (patient != null && patient.hasReference()) {
            search.put(ID, List.of(new IdType(patient.getReference()).getIdPart()));
        } else if (!text(identifier).isEmpty()) {
            search.put("identifier", List.of(text(identifier)));
        } else if (!text(family).isEmpty() && birthDate != null && birthDate.hasValue()) {
            search.put("family", List.of(text(family)));
            search.put("birthdate", List.of(birthDate.getValueAsString()));
        }
        return search;
    }

    private static void check(Statement statement, Map<String, List<String>> search) {
        List<Problem> problems = new ArrayList<>();
        if (!PURPOSES.contains(statement.purpose())) {
            problems.add(wanted("purpose", "must be ETREAT or BTG"));
        }
        need(problems, "personnel", statement.personnel(), "the name of the medical personnel");
        need(problems, "affiliation", statement.affiliation(), "their affiliation with a health care facility");
        need(problems, "nature", statement.nature(), "the nature of the emergency");
        if (search.isEmpty()) {
            problems.add(wanted("patient", "is needed, or identifier, or family and birthDate"));
        }
        if (!problems.isEmpty()) {
            throw new InvalidRequestException(problems.get(0).text(), FailureTranslation.outcome(problems));
        }
    }

    private static void need(List<Problem> problems, String name, String value, String what) {
        if (value.isEmpty() || value.length() > LONGEST) {
            problems.add(wanted(name, "must be " + what + ", in at most " + LONGEST + " characters: 42 CFR 2.51(c)"));
        }
    }

    private static Problem wanted(String name, String what) {
        return Problem.error(IssueType.REQUIRED, name + " " + what);
    }

    private String onlyOne(Map<String, List<String>> search) {
        List<String> ids = search.getOrDefault(ID, List.of());
        List<Resource> found = ids.isEmpty()
                ? finder.now().find("Patient", search)
                : finder.now().read(ids.stream().map(id -> "Patient/" + id).toList());
        if (found.size() != 1) {
            throw new ResourceNotFoundException(
                    found.isEmpty() ? "No such patient is known" : "More than one patient is meant; say more");
        }
        return found.get(0).getIdElement().getIdPart();
    }

    private static Bundle notice(Caller caller, Opening opening) {
        Statement said = opening.statement();
        String organization = caller.party().organization();
        Task task = new Task();
        task.addIdentifier().setSystem(REVIEWS).setValue(opening.id());
        task.setStatus(TaskStatus.REQUESTED).setIntent(TaskIntent.ORDER).setPriority(TaskPriority.URGENT);
        task.getCode().setText("Review of an access in a medical emergency (42 CFR 2.51)");
        task.setDescription("Opened until " + opening.closes() + " for " + said.purpose() + " to " + said.personnel()
                + ", " + said.affiliation() + ". Nature of the emergency: " + said.nature());
        task.setFor(new Reference("Patient/" + opening.patient()));
        task.setAuthoredOn(Date.from(opening.opened()));
        if (organization != null) {
            task.setRequester(new Reference("Organization/" + organization));
        }
        Bundle bundle = new Bundle().setType(BundleType.TRANSACTION);
        bundle.addEntry()
                .setResource(task)
                .getRequest()
                .setMethod(HTTPVerb.POST)
                .setUrl("Task");
        return bundle;
    }
}
