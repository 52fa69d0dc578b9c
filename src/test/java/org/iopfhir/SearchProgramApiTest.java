// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.BooleanType;
import org.hl7.fhir.r4.model.CodeableConcept;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Goal;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Organization;
import org.hl7.fhir.r4.model.PositiveIntType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Schedule;
import org.hl7.fhir.r4.model.Slot;
import org.hl7.fhir.r4.model.UnsignedIntType;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.Test;

/** Search by what R4 has no element for: our own search parameters. */
class SearchProgramApiTest {

    private static final String B = "https://iop-fhir.org/fhir/";

    private final FhirClient fhir = RunningServer.client();
    private final Invented invented = new Invented();

    @Test
    void findsSlotsWithSeatsLeft() {
        Schedule schedule = invented.tagged(new Schedule());
        schedule.addActor(new Reference(fhir.store(invented.practitioner("Plan"))));
        String plan = fhir.store(schedule);
        String free = fhir.store(slot(plan, 3, Slot.SlotStatus.FREE));
        String full = fhir.store(slot(plan, 0, Slot.SlotStatus.BUSY));

        assertThat(found("Slot?capacity=gt0")).containsExactly(free);
        assertThat(found("Slot?capacity=0")).containsExactly(full);
        assertThat(found("Slot?capacity=ge3&status=free")).containsExactly(free);
    }

    @Test
    void findsProgramsUnderPart2() {
        String program = fhir.store(organization("Programm", true));
        String payer = fhir.store(organization("Kasse", false));

        assertThat(found("Organization?part2-program=true")).containsExactly(program);
        assertThat(found("Organization?part2-program=false")).containsExactly(payer);
    }

    @Test
    void findsTheMilestonesOfAGoal() {
        String patient = fhir.store(invented.patient("Ziel"));
        String abstinence = fhir.store(goal(patient));
        Goal thirtyDays = goal(patient);
        Extension relationship =
                thirtyDays.addExtension().setUrl("http://hl7.org/fhir/StructureDefinition/goal-relationship");
        relationship.addExtension(
                "type",
                new CodeableConcept(new Coding(
                        "http://terminology.hl7.org/CodeSystem/goal-relationship-type", "milestone", "Milestone")));
        relationship.addExtension("target", new Reference(abstinence));
        String milestone = fhir.store(thirtyDays);

        assertThat(found("Goal?milestone-of=" + abstinence)).containsExactly(milestone);
    }

    private Slot slot(String schedule, int left, Slot.SlotStatus status) {
        Slot slot = invented.tagged(new Slot());
        Extension capacity = slot.addExtension().setUrl(B + "StructureDefinition/capacity");
        capacity.addExtension("total", new PositiveIntType(10));
        capacity.addExtension("seatsLeft", new UnsignedIntType(left));
        slot.addServiceType(
                new CodeableConcept(new Coding(B + "CodeSystem/iop-service", "group-therapy", "Group therapy")));
        slot.setSchedule(new Reference(schedule));
        slot.setStatus(status);
        slot.setStartElement(new InstantType("2026-09-10T17:30:00-06:00"));
        slot.setEndElement(new InstantType("2026-09-10T20:30:00-06:00"));
        return slot;
    }

    private Organization organization(String name, boolean part2) {
        Organization organization = invented.organization(name);
        organization.addExtension(B + "StructureDefinition/part2-program", new BooleanType(part2));
        organization.addIdentifier().setSystem(Invented.SYSTEM).setValue(invented.tag() + name);
        return organization;
    }

    private Goal goal(String patient) {
        Goal goal = invented.tagged(new Goal());
        goal.setLifecycleStatus(Goal.GoalLifecycleStatus.ACTIVE);
        goal.getDescription().setText("A goal");
        goal.setSubject(new Reference(patient));
        return goal;
    }

    private List<String> found(String query) {
        return fhir.get(query + "&" + invented.tagged()).send().expect(200).matches();
    }
}
