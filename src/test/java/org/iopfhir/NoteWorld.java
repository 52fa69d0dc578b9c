// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Practitioner;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.Notes;
import org.iopfhir.testing.RunningServer;
import org.iopfhir.testing.Tables;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.springframework.jdbc.core.JdbcTemplate;

/** A counseling note and its words, on a server that seals them, and who may want to read them. */
abstract class NoteWorld {
    static final String WORDS = "Said in confidence on the fourth of March";
    static final String OTHER_WORDS = "What was meant is something else";
    static final String AUTHOR = "Practitioner/" + Role.COUNSELOR.code();
    static final String BY_LABEL = "_security=http://terminology.hl7.org/CodeSystem/v3-ActCode|PSYTHPN";
    static final RunningServer SERVER =
            RunningServer.start("--iop.part2.notes.secret=invented-for-this-test-0123456789abcdef");

    final FhirClient program = SERVER.fhir();
    final FhirClient author = program.as(Callers.staff(Role.COUNSELOR));
    final FhirClient colleague = program.as(Callers.of(
            "colleague",
            claims -> claims.claim("scope", "user/*.cruds")
                    .claim("fhirUser", "Practitioner/colleague")
                    .claim("iop_roles", List.of(Role.COUNSELOR.code()))));
    final Invented invented = new Invented();
    String clinic;
    String recipient;
    String patient;
    String note;
    String binary;

    @BeforeEach
    void write() {
        clinic = program.store(invented.organization("Program"));
        recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Vertraulich"));
        for (String id : List.of(AUTHOR, "Practitioner/colleague")) {
            Practitioner counselor = new Practitioner();
            counselor.addName().setFamily("Beraterin");
            counselor.setId(id);
            program.put(id).body(counselor).send();
        }
        List<String> stored = store(author, WORDS);
        note = stored.get(0);
        binary = stored.get(1);
    }

    static List<String> inTheDatabase() {
        return Tables.holding(SERVER.own(DataSource.class), WORDS, OTHER_WORDS);
    }

    long rows() {
        return database().queryForObject("select count(*) from IOP_NOTE", Long.class);
    }

    static JdbcTemplate database() {
        return new JdbcTemplate(SERVER.own(DataSource.class));
    }

    FhirClient hospital() {
        return program.as(Callers.partner(recipient, "TREAT"));
    }

    List<String> store(FhirClient writer, String said) {
        Bundle answer = writer.process(transaction(said)).expect(200).bundle();
        return answer.getEntry().stream()
                .map(entry -> new IdType(entry.getResponse().getLocation())
                        .toUnqualifiedVersionless()
                        .getValue())
                .toList();
    }

    Bundle transaction(String said) {
        return notes().withWords(said);
    }

    Binary binary(@Nullable String context, String said) {
        return notes().words(context, said);
    }

    DocumentReference note() {
        return notes().note();
    }

    Notes notes() {
        return new Notes(invented, patient, clinic, AUTHOR);
    }

    static Coding psythpn() {
        return new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", "PSYTHPN", null);
    }

    static void assertSilent(String text) {
        assertThat(text).doesNotContain(WORDS).doesNotContain(base64(WORDS)).doesNotContain("iop-note");
    }

    /** As FHIR: without an Accept header it would come as it is. */
    static String words(FhirClient reader, String path) {
        return words(reader.get(path).header("Accept", FhirClient.JSON).send());
    }

    FhirClient.Call put(FhirClient writer, String id, Resource resource) {
        resource.setId(id);
        return writer.put(id).body(resource);
    }

    static String words(Answer answer) {
        return words(answer.expect(200).as(Binary.class));
    }

    static String words(Binary binary) {
        return new String(binary.getData(), StandardCharsets.UTF_8);
    }

    static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
