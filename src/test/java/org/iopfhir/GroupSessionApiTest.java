// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.hl7.fhir.r4.model.Appointment;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Communication;
import org.hl7.fhir.r4.model.Encounter;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.ListResource;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.RelatedPerson;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What names two members of a group is shown to neither, nor to anybody outside, whatever they agreed to. */
class GroupSessionApiTest {

    private final FhirClient program = RunningServer.client();
    private final Invented invented = new Invented();

    /** By type, what names both. */
    private final Map<String, String> shared = new TreeMap<>();

    private String one;
    private String other;
    private String relative;
    private Map<String, Callers.Who> outsiders;

    @BeforeEach
    void meet() {
        String clinic = program.store(invented.organization("Program"));
        String recipient = program.store(invented.organization("Hospital"));
        one = program.store(invented.patient("Eine"));
        other = program.store(invented.patient("Andere"));
        RelatedPerson sister = invented.tagged(new RelatedPerson());
        relative = program.store(sister.setPatient(new Reference(one)));
        for (String patient : List.of(one, other)) {
            program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        }
        program.store(Consents.permit(one, clinic, relative, "PATRQT"));
        for (Resource resource : List.of(appointment(), encounter(), observation(), communication(), list())) {
            shared.put(resource.fhirType(), program.store(resource));
        }
        outsiders = Map.of(
                "one", Callers.patient(id(one)),
                "other", Callers.patient(id(other)),
                "sister", Callers.familyMember(id(relative), id(one)),
                "hospital", Callers.partner(recipient, "TREAT"));
    }

    @Test
    void neitherMemberNorAnybodyOutsideGetsAtIt() {
        outsiders.forEach((name, who) -> {
            FhirClient client = program.as(who);
            shared.forEach((type, url) -> {
                for (String path : List.of("", "/_history", "/_history/1", "/$meta")) {
                    int status = client.get(url + path).send().status();
                    // A role that may not read the type at all is told so.
                    assertThat(status).as(name + " " + url + path).isIn(403, 404);
                }
                for (String search : searches(type)) {
                    String answer = client.get(search).send().text();
                    assertThat(answer).as(name + " " + search).doesNotContain(id(url));
                }
            });
        });
    }

    @Test
    void itIsInNobodysRecordAndNoBundleBringsIt() {
        outsiders.forEach((name, who) -> {
            Bundle batch = Invented.batch();
            Invented.request(batch, HTTPVerb.GET, one + "/$everything");
            shared.keySet().forEach(type -> searches(type).forEach(url -> Invented.request(batch, HTTPVerb.GET, url)));

            String answers = program.as(who).process(batch).expect(200).text();
            String record = program.as(who).get(one + "/$everything").send().text();

            shared.values().forEach(url -> assertThat(answers + record).as(name).doesNotContain(id(url)));
        });
    }

    @Test
    void theProgramSeesIt() {
        shared.forEach((type, url) -> {
            program.get(url).send().expect(200);
            assertThat(program.get(type + "?" + invented.tagged()).send().matches())
                    .containsExactly(url);
        });
        assertThat(program.get(one + "/$everything").send().matches()).contains(shared.get("Appointment"));
    }

    @Test
    void anOlderVersionThatNamedAnotherStaysHidden() {
        Appointment appointment = appointment();
        appointment.addParticipant().setActor(new Reference(one)).setStatus(Appointment.ParticipationStatus.ACCEPTED);
        String url = program.store(appointment);
        Appointment corrected = invented.appointment(one);
        corrected.setId(url);
        program.put(url).body(corrected).send().expect(200);

        outsiders.forEach((name, who) -> {
            if (!name.equals("other")) {
                FhirClient client = program.as(who);
                client.get(url).send().expect(200);
                client.get(url + "/_history/1").send().refusal(404, IssueType.NOTFOUND);
                assertThat(client.get(url + "/_history").send().expect(200).text())
                        .as(name)
                        .doesNotContain(id(other));
            }
        });
    }

    private List<String> searches(String type) {
        String tagged = invented.tagged();
        return List.of(
                type + "?" + tagged,
                type + "?patient=" + one,
                type + "?patient=" + other + "&_total=accurate",
                type + "?patient.family=Andere",
                type + "?" + tagged + "&_include=" + type + ":patient",
                "Patient?" + tagged + "&_revinclude=" + type + ":patient",
                "Patient?_has:" + type + ":patient:" + tagged,
                one + "/" + type);
    }

    private Appointment appointment() {
        Appointment appointment = invented.appointment(one);
        appointment
                .addParticipant()
                .setActor(new Reference(other))
                .setStatus(Appointment.ParticipationStatus.NEEDSACTION);
        return appointment;
    }

    private Encounter encounter() {
        Encounter encounter = invented.encounter(one);
        encounter.addExtension("https://iop-fhir.org/test/peer", new Reference(other));
        return encounter;
    }

    private Observation observation() {
        return invented.observation(one).addFocus(new Reference(other));
    }

    private Communication communication() {
        Communication communication = invented.tagged(new Communication());
        communication.setStatus(Communication.CommunicationStatus.COMPLETED).setSubject(new Reference(one));
        return communication.addRecipient(new Reference(other));
    }

    private ListResource list() {
        ListResource list = invented.tagged(new ListResource());
        list.setStatus(ListResource.ListStatus.CURRENT).setMode(ListResource.ListMode.WORKING);
        list.setSubject(new Reference(one));
        list.addEntry().setItem(new Reference(other));
        return list;
    }

    private static String id(String url) {
        return new IdType(url).getIdPart();
    }
}
