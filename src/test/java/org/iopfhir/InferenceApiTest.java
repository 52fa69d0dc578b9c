// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.hl7.fhir.r4.model.CapabilityStatement;
import org.hl7.fhir.r4.model.CapabilityStatement.CapabilityStatementRestResourceComponent;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Nobody can tell from any answer whether something exists that he may not see: the same requests get the same bytes,
 * apart from times, when another patient's records were never there, when they are there, and when they are deleted.
 */
class InferenceApiTest {

    private static final FhirClient PROGRAM = RunningServer.client();

    /** A prime, so that each kind of request is among them. */
    private static final int OTHERS_ASK_EACH = 7;

    /** All three worlds have these; the other patient's come and go. */
    private static final Belongings MINE = new Belongings("seen-" + random());

    /** What everybody may see is no secret: it is there from the start. */
    private static final Set<String> EVERYBODYS =
            RunningServer.bean(AccessPolicy.class).shared();

    /** A slot would name a schedule that is not there. */
    private static final List<String> NO_SECRET =
            EVERYBODYS.stream().filter(type -> !type.equals("Slot")).toList();

    private static final List<String> SECRET =
            MINE.types().stream().filter(type -> !EVERYBODYS.contains(type)).toList();

    private static List<CapabilityStatementRestResourceComponent> types = List.of();

    @BeforeAll
    static void store() {
        MINE.store(PROGRAM);
        CapabilityStatement statement =
                PROGRAM.get("metadata").send().expect(200).as(CapabilityStatement.class);
        types = statement.getRestFirstRep().getResource().stream()
                .filter(type -> MINE.types().contains(type.getType()))
                .toList();
    }

    @ParameterizedTest
    @ValueSource(strings = {"patient", "counselor", "family-member"})
    void noReadOrSearchTellsOfAnotherPatient(String name) {
        Belongings theirs = new Belongings("hidden-" + random());
        theirs.store(PROGRAM, NO_SECRET);
        FhirClient client = PROGRAM.as(caller(name));
        List<String> asked =
                LeakQuestions.some(LeakQuestions.of(types, MINE, theirs), name.equals("patient") ? 1 : OTHERS_ASK_EACH);

        Map<String, String> without = LeakQuestions.answers(client, asked);
        theirs.store(PROGRAM, SECRET);
        Map<String, String> with = LeakQuestions.answers(client, asked);
        theirs.delete(PROGRAM, SECRET);
        Map<String, String> deleted = LeakQuestions.answers(client, asked);

        assertThat(without).hasSizeGreaterThan(name.equals("patient") ? 2_000 : 300);
        assertThat(without.values().stream()
                        .filter(answer -> answer.startsWith("200"))
                        .count())
                .isGreaterThan(50);
        assertThat(LeakQuestions.different(without, with)).isEmpty();
        assertThat(LeakQuestions.different(without, deleted)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"patient", "counselor", "family-member"})
    void noWriteTellsOfAnotherPatient(String name) {
        Belongings theirs = new Belongings("hidden-" + random());
        theirs.store(PROGRAM, NO_SECRET);
        FhirClient client = PROGRAM.as(caller(name));

        Map<String, String> without = new LeakWrites(client, MINE, theirs).send();
        theirs.store(PROGRAM, SECRET);
        Map<String, String> with = new LeakWrites(client, MINE, theirs).send();
        theirs.delete(PROGRAM, SECRET);
        Map<String, String> deleted = new LeakWrites(client, MINE, theirs).send();

        assertThat(without).hasSizeGreaterThan(300);
        assertThat(LeakQuestions.different(without, with)).isEmpty();
        assertThat(LeakQuestions.different(without, deleted)).isEmpty();
    }

    private static String random() {
        return UUID.randomUUID().toString().substring(0, 8);
    }

    private static Callers.Who caller(String name) {
        return switch (name) {
            case "patient" -> Callers.patient(MINE.patientId());
            case "family-member" -> Callers.familyMember("someone", MINE.patientId());
            default ->
                Callers.of(
                        "counselor",
                        claims -> claims.claim("scope", "patient/*.cruds")
                                .claim("fhirUser", "Practitioner/counselor")
                                .claim("patient", MINE.patientId())
                                .claim("iop_roles", List.of(Role.MEDICAL_DIRECTOR.code(), "counselor")));
        };
    }
}
