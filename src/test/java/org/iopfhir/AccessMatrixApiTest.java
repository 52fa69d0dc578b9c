// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.Schedule;
import org.iopfhir.access.AccessPolicy;
import org.iopfhir.access.Interaction;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The table in {@code access.md}, cell by cell: what each role may do with each type, by a request for each letter. A
 * cell is read from the page, so that what stands there is what the server does.
 */
class AccessMatrixApiTest {

    private static final Path PAGE = Path.of("src", "site", "markdown", "access.md");
    /** Entries of a batch run beside each other, each with a connection of the pool. */
    private static final int BATCH = 20;

    private static final String EVENT = "AuditEvent";

    private static final FhirClient PROGRAM = RunningServer.client();
    private static final String RUN = UUID.randomUUID().toString().substring(0, 8);
    private static final Belongings MINE = new Belongings("mine-" + RUN);
    private static final Belongings THEIRS = new Belongings("theirs-" + RUN);
    private static final Set<String> EVERYBODYS =
            RunningServer.bean(AccessPolicy.class).shared();
    private static final String PARTNER = "Organization/theirs-" + RUN + "-organization";
    private static final String RELATIVE = "mine-" + RUN + "-relatedperson";
    private static final String PATCH = "[{\"op\":\"add\",\"path\":\"/language\",\"value\":\"es\"}]";

    @BeforeAll
    static void store() {
        MINE.store(PROGRAM);
        THEIRS.store(PROGRAM);
        // Whoever is outside of the program reaches what his role and a consent of the patient open together.
        for (Belongings belongings : List.of(MINE, THEIRS)) {
            String program = belongings.id("Organization");
            PROGRAM.store(Consents.permit(belongings.patient(), program, PARTNER, "TREAT"));
            PROGRAM.store(Consents.permit(belongings.patient(), program, "RelatedPerson/" + RELATIVE, "PATRQT"));
        }
    }

    @ParameterizedTest
    @EnumSource(Role.class)
    void aRoleMayDoExactlyWhatItsColumnSays(Role role) throws IOException {
        FhirClient client = PROGRAM.as(caller(role));
        Map<String, String> column = column(role.code());
        List<String> wrong = new ArrayList<>();
        for (String type : MINE.types()) {
            String cell = column.getOrDefault(type, "missing");
            boolean own = cell.endsWith(" own");
            for (Interaction interaction : Interaction.values()) {
                boolean may = cell.split(" ", 2)[0].indexOf(interaction.letter()) >= 0;
                check(client, type, interaction, may, own, wrong);
            }
        }

        assertThat(wrong).isEmpty();
    }

    private static void check(
            FhirClient client, String type, Interaction interaction, boolean may, boolean own, List<String> wrong) {
        int mine = status(client, MINE, type, interaction);
        int theirs = status(client, THEIRS, type, interaction);
        int allowed = interaction == Interaction.CREATE ? 201 : 200;
        // One's own create is refused by its content, which tells nothing; all else is not there.
        int hidden = interaction == Interaction.CREATE ? 403 : interaction == Interaction.SEARCH ? 200 : 404;
        int refused = refused(type, interaction);
        int expectedOfTheirs = !may ? refused : own ? hidden : allowed;
        if (mine != (may ? allowed : refused) || theirs != expectedOfTheirs) {
            wrong.add(type + " " + interaction + ": " + mine + " of mine, " + theirs + " of theirs");
        }
    }

    /** What nobody may do with an AuditEvent is not there to be asked for. */
    private static int refused(String type, Interaction interaction) {
        boolean changes = interaction == Interaction.UPDATE || interaction == Interaction.DELETE;
        return type.equals(EVENT) && changes ? 405 : 403;
    }

    private static int status(FhirClient client, Belongings whose, String type, Interaction interaction) {
        return switch (interaction) {
            case CREATE -> create(client, whose, type);
            case READ -> client.get(whose.id(type)).send().status();
            case UPDATE ->
                client.put(whose.id(type)).body(whose.of(type)).send().status();
            case DELETE ->
                client.delete(PROGRAM.store(whose.fresh(type))).send().status();
            case SEARCH ->
                client.get(type + "?_id=" + whose.id(type).replaceFirst(".*/", ""))
                        .send()
                        .status();
        };
    }

    /** An operator names no patient, so he makes the schedule of a practitioner alone. */
    private static int create(FhirClient client, Belongings whose, String type) {
        Resource resource = whose.fresh(type);
        if (resource instanceof Schedule schedule) {
            schedule.getActor().removeIf(actor -> actor.getReference().startsWith("Patient/"));
        }
        return client.post(type).body(resource).send().status();
    }

    @Test
    void otherInteractionsFollowTheLettersInABatchToo() throws IOException {
        for (Role role : Role.values()) {
            FhirClient client = PROGRAM.as(caller(role));
            Map<String, String> column = column(role.code());
            List<String> asked = new ArrayList<>();
            List<String> expected = new ArrayList<>();
            for (String type : MINE.types()) {
                String letters = column.getOrDefault(type, "missing").split(" ", 2)[0];
                boolean own = column.getOrDefault(type, "").endsWith(" own");
                boolean reads = letters.indexOf('r') >= 0;
                List<String> paths = type.equals(EVENT)
                        ? List.of("/_history/1", "/_history")
                        : List.of("/_history/1", "/_history", "/$meta");
                for (String path : paths) {
                    asked.add(MINE.id(type) + path);
                    expected.add(MINE.id(type) + path + (reads ? " 200" : " 403"));
                    asked.add(THEIRS.id(type) + path);
                    expected.add(THEIRS.id(type) + path + (!reads ? " 403" : own ? " 404" : " 200"));
                }
                if (type.equals(EVENT)) {
                    continue;
                }
                boolean byConsent = role == Role.PARTNER_SYSTEM && !EVERYBODYS.contains(type);
                boolean whole = letters.indexOf('s') >= 0 && !own && !byConsent;
                asked.add(type + "/_history?_count=1");
                expected.add(type + "/_history?_count=1" + (whole ? " 200" : " 403"));
            }

            assertThat(statuses(client, asked)).as(role.code()).isEqualTo(expected);
        }
    }

    @Test
    void aPatchNeedsWhatAnUpdateAndAReadNeed() throws IOException {
        for (Role role : Role.values()) {
            FhirClient client = PROGRAM.as(caller(role));
            Map<String, String> column = column(role.code());
            for (String type : MINE.types()) {
                String letters = column.getOrDefault(type, "missing").split(" ", 2)[0];
                boolean may = letters.contains("u") && letters.contains("r");
                client.patch(MINE.id(type))
                        .body("application/json-patch+json", PATCH)
                        .send()
                        .expect(may ? 200 : refused(type, Interaction.UPDATE));
            }
        }
    }

    @Test
    void nobodyAndWhoeverHasNoRoleGetNothing() {
        FhirClient nobody = PROGRAM.anonymous();
        FhirClient stranger =
                PROGRAM.as(Callers.of("stranger", claims -> claims.claim("scope", "user/*.cruds system/*.cruds")));
        for (String type : MINE.types()) {
            for (Interaction interaction : Interaction.values()) {
                assertThat(status(nobody, MINE, type, interaction)).as(type).isEqualTo(401);
                assertThat(status(stranger, MINE, type, interaction)).as(type).isEqualTo(refused(type, interaction));
            }
        }
    }

    private static List<String> statuses(FhirClient client, List<String> paths) {
        List<String> statuses = new ArrayList<>();
        for (int from = 0; from < paths.size(); from += BATCH) {
            Bundle batch = Invented.batch();
            List<String> some = paths.subList(from, Math.min(paths.size(), from + BATCH));
            some.forEach(path -> Invented.request(batch, HTTPVerb.GET, path));
            Bundle answer = client.process(batch).expect(200).bundle();
            for (int i = 0; i < some.size(); i++) {
                String status = answer.getEntry().get(i).getResponse().getStatus();
                statuses.add(some.get(i) + " " + status.substring(0, 3));
            }
        }
        return statuses;
    }

    private static Callers.Who caller(Role role) {
        return switch (role) {
            case PATIENT -> Callers.patient(MINE.patientId());
            case FAMILY_MEMBER -> Callers.familyMember(RELATIVE, MINE.patientId());
            case PROGRAM_SYSTEM -> Callers.system(role, "system/*.cruds");
            case PARTNER_SYSTEM -> Callers.partner(PARTNER, "TREAT");
            default -> Callers.staff(role);
        };
    }

    /** Type to cell of one column; a cell is letters, {@code -}, or letters and {@code own}. */
    private static Map<String, String> column(String role) throws IOException {
        List<List<String>> rows = Files.readAllLines(PAGE).stream()
                .dropWhile(line -> !line.startsWith("| type | "))
                .takeWhile(line -> line.startsWith("|"))
                .map(line ->
                        Arrays.stream(line.split("\\|", -1)).map(String::trim).toList())
                .toList();
        int index = rows.get(0).indexOf(role);
        assertThat(index).as("a column of " + role).isPositive();
        Map<String, String> column = new TreeMap<>();
        rows.stream().skip(2).forEach(row -> column.put(row.get(1), row.get(index)));
        assertThat(column.keySet()).containsExactlyInAnyOrderElementsOf(MINE.types());
        return column;
    }

    /** When roles change, the failing message holds the table to be put into the page. */
    @Test
    void thePageShowsTheRoleTable() throws IOException {
        assertThat(Files.readString(PAGE)).contains(table());
    }

    private static String table() {
        AccessPolicy policy = RunningServer.bean(AccessPolicy.class);
        Map<Role, String> names = new EnumMap<>(Role.class);
        Stream.of(Role.values()).forEach(role -> names.put(role, role.code()));
        String head =
                "| type | " + String.join(" | ", names.values()) + " |\n|---" + "|---".repeat(names.size()) + "|\n";
        return head
                + MINE.types().stream()
                        .sorted()
                        .map(type -> "| " + type + " | "
                                + names.keySet().stream()
                                        .map(role -> cell(policy, role, type))
                                        .collect(Collectors.joining(" | "))
                                + " |\n")
                        .collect(Collectors.joining());
    }

    private static String cell(AccessPolicy policy, Role role, String type) {
        String letters = Stream.of(Interaction.values())
                .filter(interaction -> policy.roles().permits(role, interaction, type))
                .map(interaction -> String.valueOf(interaction.letter()))
                .collect(Collectors.joining());
        boolean bound = role == Role.PATIENT || role == Role.FAMILY_MEMBER;
        boolean unreachable = bound
                && !policy.shared().contains(type)
                && !policy.inCompartment().test(type);
        if (letters.isEmpty() || unreachable) {
            return "-";
        }
        return bound && !policy.shared().contains(type) ? letters + " own" : letters;
    }
}
