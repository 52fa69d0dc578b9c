// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Location;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Reference;
import org.iopfhir.access.Role;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.Notes;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.springframework.jdbc.core.JdbcTemplate;

/** What an earlier release has stored is labelled, and shown to whom it may be shown. */
class EarlierRecordsApiTest {

    private static final RunningServer SERVER = RunningServer.start();
    private static final String AUTHOR = "Practitioner/" + Role.COUNSELOR.code();

    private final FhirClient program = SERVER.fhir();
    private final FhirClient author = program.as(Callers.staff(Role.COUNSELOR));
    private final JdbcTemplate database = new JdbcTemplate(SERVER.own(DataSource.class));
    private final Invented invented = new Invented();
    private FhirClient hospital;
    private String patient;
    private String observation;
    private String origin;
    private String note;
    private String words;
    private String deleted;

    @AfterAll
    static void close() {
        SERVER.close();
    }

    @BeforeEach
    void store() {
        program.put(AUTHOR)
                .body(invented.practitioner("Beraterin").setId(AUTHOR))
                .send();
        String clinic = program.store(invented.organization("Program"));
        String recipient = program.store(invented.organization("Hospital"));
        patient = program.store(invented.patient("Altbestand"));
        observation = program.store(invented.observation(patient));
        deleted = program.store(invented.observation(patient));
        program.delete(deleted).send().expect(200);
        Provenance ofObservation = invented.tagged(new Provenance());
        ofObservation.addTarget(new Reference(observation));
        ofObservation.setRecordedElement(new InstantType("2026-03-04T18:20:00Z"));
        ofObservation.addAgent().setWho(new Reference(clinic));
        origin = program.store(ofObservation);
        Bundle stored = author.process(new Notes(invented, patient, clinic, AUTHOR).withWords("Said"))
                .expect(200)
                .bundle();
        note = id(stored, 0);
        words = id(stored, 1);
        program.store(Consents.permit(patient, clinic, recipient, "TREAT"));
        hospital = program.as(Callers.partner(recipient, "TREAT"));
    }

    @Test
    void isLabelledAndShownWhenTheServerHasStarted() {
        forgetAll();
        hospital.get(observation).send().refusal(404, IssueType.NOTFOUND);
        program.get(observation).send().refusal(404, IssueType.NOTFOUND);

        upgrade();

        for (String id : List.of(patient, observation, origin)) {
            hospital.get(id).send().expect(200);
        }
        assertThat(labels(observation)).contains("R", "SUD", "42CFRPart2", "PERSISTLABEL");
        assertThat(program.get(observation).send().header("ETag")).isEqualTo("W/\"1\"");
        assertThat(program.search("Observation?_security=SUD&subject=" + patient)
                        .getEntry())
                .hasSize(1);
        program.get(deleted).send().expect(410);
        hospital.get(deleted).send().refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void aCounselingNoteStaysItsAuthors() {
        forgetAll();

        upgrade();

        author.get(note).send().expect(200);
        program.get(note).send().refusal(404, IssueType.NOTFOUND);
        hospital.get(note).send().refusal(404, IssueType.NOTFOUND);
    }

    /** It was stored with the record, where nobody can take it out again. */
    @Test
    void aBinaryOfACounselingNoteStaysHidden() {
        forgetAll();

        upgrade();

        for (FhirClient somebody : List.of(author, program, hospital)) {
            somebody.get(words).send().refusal(404, IssueType.NOTFOUND);
        }
    }

    @Test
    void aLowerConfidentialityIsReplaced() {
        program.store((Location) new Location().setName("Room").setMeta(labelledN()));
        String key = new IdType(observation).getIdPart();
        for (String table : List.of("HFJ_RES_TAG", "HFJ_HISTORY_TAG")) {
            int lowered = database.update(
                    "update " + table + " set TAG_ID = (select min(TAG_ID) from HFJ_TAG_DEF where TAG_CODE = 'N')"
                            + " where TAG_ID in (select TAG_ID from HFJ_TAG_DEF where TAG_CODE = 'R')"
                            + " and RES_ID = (select RES_ID from HFJ_RESOURCE where FHIR_ID = ?)",
                    key);
            assertThat(lowered).isOne();
        }
        database.update(
                "delete from IOP_RECORD where RES_ID = (select RES_ID from HFJ_RESOURCE where FHIR_ID = ?)", key);

        upgrade();

        assertThat(labels(observation)).contains("R").doesNotContain("N");
    }

    private static Meta labelledN() {
        return new Meta()
                .addSecurity(new Coding("http://terminology.hl7.org/CodeSystem/v3-Confidentiality", "N", null));
    }

    @Test
    void twiceIsOnce() {
        forgetAll();
        upgrade();
        long rows = count();

        upgrade();

        assertThat(count()).isEqualTo(rows);
    }

    private void forgetAll() {
        for (String table :
                List.of("IOP_RECORD", "IOP_PERMIT", "IOP_TARGET", "IOP_CONTEXT", "HFJ_RES_TAG", "HFJ_HISTORY_TAG")) {
            database.update("delete from " + table);
        }
        database.update("update HFJ_RESOURCE set HAS_TAGS = false");
        database.update("update HFJ_RES_VER set HAS_TAGS = false");
    }

    private static void upgrade() {
        SERVER.own("upgrade", Runnable.class).run();
    }

    private long count() {
        return database.queryForObject("select count(*) from IOP_RECORD", Long.class);
    }

    private List<String> labels(String id) {
        return program.get(id).send().expect(200).resource().getMeta().getSecurity().stream()
                .map(Coding::getCode)
                .toList();
    }

    private static String id(Bundle stored, int entry) {
        return new IdType(stored.getEntry().get(entry).getResponse().getLocation())
                .toUnqualifiedVersionless()
                .getValue();
    }
}
