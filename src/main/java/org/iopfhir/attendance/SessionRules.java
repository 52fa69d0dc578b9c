// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.attendance;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.CarePlan;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.EpisodeOfCare;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.OperationOutcome.IssueSeverity;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.outcome.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What must hold between a session and its appointment, and what the named rules say of the hours that were planned and
 * delivered.
 *
 * @param records the other records
 * @param zone    time zone of a program that does not name its own
 */
public record SessionRules(SessionRecords records, ZoneId zone) {
    private static final String SESSION = "https://iop-fhir.org/fhir/CodeSystem/iop-session";
    private static final String PROGRAM = "https://iop-fhir.org/fhir/CodeSystem/iop-program";
    private static final String TIME_ZONE = "http://hl7.org/fhir/StructureDefinition/timezone";
    private static final Duration TOLERANCE = Duration.ofMinutes(60);

    /** Return what is wrong with a session; empty for an encounter that is none of an IOP. */
    public List<Problem> check(Encounter session) {
        List<Problem> problems = new ArrayList<>();
        if (isSession(session)) {
            withinAppointment(session, problems);
        }
        return problems;
    }

    /** Return what the named rules say of the hours before a session; empty for one that nobody took part in. */
    public List<Problem> hours(Encounter session) {
        List<Problem> problems = new ArrayList<>();
        if (isSession(session) && DeliveredHours.isDelivered(session)) {
            delivered(session, problems);
        }
        return problems;
    }

    /** Return what the named rules say of the hours of a plan; empty for a plan that is not of an IOP. */
    public List<Problem> hours(CarePlan plan) {
        boolean isOurs = plan.getCategory().stream().anyMatch(category -> category.hasCoding(PROGRAM, "iop"));
        return isOurs ? new PlannedHours(plan, birthDate(plan)).check() : List.of();
    }

    private static boolean isSession(Encounter encounter) {
        return encounter.getType().stream().anyMatch(type -> type.hasCoding(SESSION, "patient-session"))
                && encounter.getPeriod().hasStart()
                && encounter.getPeriod().getStart() != null;
    }

    private @Nullable LocalDate birthDate(CarePlan plan) {
        return records.read(references(List.of(plan.getSubject()))).stream()
                .filter(Patient.class::isInstance)
                .map(patient -> ((Patient) patient).getBirthDateElement().getValueAsString())
                .filter(birth -> birth != null && birth.length() == 10)
                .map(LocalDate::parse)
                .findFirst()
                .orElse(null);
    }

    private void withinAppointment(Encounter session, List<Problem> problems) {
        for (Resource found : records.read(references(session.getAppointment()))) {
            Appointment appointment = (Appointment) found;
            if (appointment.hasStart() && appointment.hasEnd() && !isWithin(session, appointment)) {
                problems.add(new Problem(
                        IssueSeverity.ERROR,
                        IssueType.BUSINESSRULE,
                        "iop-session-within-appointment",
                        "Encounter.period",
                        "A session begins at most 60 minutes before its appointment and ends at most 60 minutes after"
                                + " it."));
            }
        }
    }

    private static boolean isWithin(Encounter session, Appointment appointment) {
        Instant earliest = appointment.getStart().toInstant().minus(TOLERANCE);
        Instant latest = appointment.getEnd().toInstant().plus(TOLERANCE);
        Instant start = session.getPeriod().getStart().toInstant();
        boolean endsInTime = !session.getPeriod().hasEnd()
                || !session.getPeriod().getEnd().toInstant().isAfter(latest);
        return !start.isBefore(earliest) && !start.isAfter(latest) && endsInTime;
    }

    private void delivered(Encounter session, List<Problem> problems) {
        List<String> episodes = references(session.getEpisodeOfCare());
        if (episodes.isEmpty()) {
            return;
        }
        DeliveredHours hours = new DeliveredHours(zoneOf(episodes));
        Optional<CarePlan> planned = records
                .find("CarePlan", Map.of("episode", episodes, "status", List.of("active"), "_count", List.of("1")))
                .stream()
                .map(CarePlan.class::cast)
                .filter(plan -> hours.isPlannedBefore(session, plan))
                .findFirst();
        if (planned.isEmpty() && !DeliveredHours.isH0015(session)) {
            return;
        }
        List<Encounter> sessions = sessionsBefore(session, episodes, hours);
        planned.flatMap(plan -> hours.attendance(session, plan, sessions)).ifPresent(problems::add);
        hours.h0015(session, sessions).ifPresent(problems::add);
    }

    private List<Encounter> sessionsBefore(Encounter session, List<String> episodes, DeliveredHours hours) {
        List<String> weeks = List.of("ge" + hours.beginOfWeeksBefore(session), "lt" + hours.endOfWeeksBefore(session));
        return records.find("Encounter", Map.of("episode-of-care", episodes, "date", weeks)).stream()
                .map(Encounter.class::cast)
                .filter(DeliveredHours::isDelivered)
                .toList();
    }

    private ZoneId zoneOf(List<String> episodes) {
        List<Reference> organizations = records.read(episodes).stream()
                .map(episode -> ((EpisodeOfCare) episode).getManagingOrganization())
                .toList();
        return records.read(references(organizations)).stream()
                .map(organization -> ((Organization) organization).getExtensionByUrl(TIME_ZONE))
                .filter(extension -> extension != null && extension.getValue() instanceof CodeType)
                .map(Extension::getValue)
                .map(value -> value.primitiveValue())
                .filter(name -> ZoneId.getAvailableZoneIds().contains(name))
                .map(ZoneId::of)
                .findFirst()
                .orElse(zone);
    }

    private static List<String> references(List<Reference> references) {
        return references.stream()
                .map(reference -> reference
                        .getReferenceElement()
                        .toUnqualifiedVersionless()
                        .getValue())
                .filter(reference -> reference != null && reference.indexOf('/') > 0)
                .distinct()
                .toList();
    }
}
