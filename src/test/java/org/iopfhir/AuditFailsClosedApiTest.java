// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.storage.database.DatabaseSettings;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What cannot be written down does not happen: no answer shows anything, and nothing is stored. */
class AuditFailsClosedApiTest {

    private static final RunningServer SERVER = RunningServer.start();
    private static final FhirClient FHIR = SERVER.fhir();
    private static final @Nullable Path SPOOL = spool();

    private final Invented invented = new Invented();
    private Patient known = new Patient();
    private String patient = "";

    @BeforeEach
    void breakTheJournal() throws Exception {
        known = invented.patient("Verschlossen");
        patient = FHIR.store(known);
        known.setId(patient);
        breakIt();
    }

    private static void breakIt() throws Exception {
        execute("alter table IOP_AUDIT_NEW rename to IOP_AUDIT_AWAY");
        if (SPOOL != null) {
            Files.move(SPOOL, SPOOL.resolveSibling("away"));
            Files.createFile(SPOOL);
        }
    }

    @AfterEach
    void mendTheJournal() throws Exception {
        execute("alter table IOP_AUDIT_AWAY rename to IOP_AUDIT_NEW");
        if (SPOOL != null) {
            Files.delete(SPOOL);
            Files.move(SPOOL.resolveSibling("away"), SPOOL);
        }
    }

    @AfterAll
    static void stop() {
        SERVER.close();
    }

    @Test
    void nothingIsShown() {
        for (String path : List.of(
                patient,
                patient + "/_history/1",
                patient + "/_history",
                patient + "/$everything",
                patient + "/$meta",
                "Patient/_history",
                "Patient?" + invented.tagged(),
                "Patient?_summary=count&" + invented.tagged(),
                "Patient/nobody-has-this-id",
                "AuditEvent",
                "Foo/1")) {
            refused(FHIR.get(path).send());
        }
        refused(FHIR.get(patient).header("If-None-Match", "W/\"1\"").send());
    }

    @Test
    void nothingIsStored() throws Exception {
        refused(FHIR.post("Patient").body(invented.patient("Neu")).send());
        refused(FHIR.put(patient).body(known.copy().setActive(true)).send());
        refused(FHIR.patch(patient)
                .body("application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/active\",\"value\":true}]")
                .send());
        refused(FHIR.delete(patient).send());
        Bundle transaction = Invented.transaction();
        Invented.post(transaction, Invented.placeholder(), invented.patient("Vorgang"));
        refused(FHIR.process(transaction));
        Bundle batch = Invented.batch();
        Invented.post(batch, Invented.placeholder(), invented.patient("Stapel"));
        Invented.request(batch, HTTPVerb.GET, patient);
        refused(FHIR.process(batch));

        mendTheJournal();
        try {
            assertThat(FHIR.search("Patient?" + invented.tagged()).getEntry()).hasSize(1);
            assertThat(FHIR.get(patient).send().header("ETag")).isEqualTo("W/\"1\"");
        } finally {
            breakIt();
        }
    }

    @Test
    void whatIsNoAccessIsStillServed() {
        FHIR.get("metadata").send().expect(200);
        FHIR.get("ValueSet/iop-phase/$expand").send().expect(200);
    }

    /** The tables that are searched may be away for a while: what is written down meanwhile is filed when they are back. */
    @Test
    void whatCannotBeFiledIsFiledLater() throws Exception {
        mendTheJournal();
        execute("alter table IOP_AUDIT rename to IOP_AUDIT_GONE");
        try {
            FHIR.get(patient).send().expect(200);
        } finally {
            execute("alter table IOP_AUDIT_GONE rename to IOP_AUDIT");
        }
        try {
            assertThat(FHIR.search("AuditEvent?subtype=read&entity=" + patient).getEntry())
                    .hasSize(1);
        } finally {
            breakIt();
        }
    }

    private void refused(Answer answer) {
        answer.refusal(503, IssueType.TRANSIENT);
        assertThat(answer.header("Retry-After")).isNotEmpty();
        assertThat(answer.text()).doesNotContain("Verschlossen").doesNotContain("IOP_AUDIT");
    }

    /** Beside H2 accesses are written into files there; {@code null} upon PostgreSQL, where they are not. */
    private static @Nullable Path spool() {
        String url = SERVER.own(DatabaseSettings.class).url();
        return url.startsWith("jdbc:h2:file:") ? Path.of(url.substring("jdbc:h2:file:".length()) + ".audit") : null;
    }

    private static void execute(String sql) throws SQLException {
        try (Connection connection = SERVER.own(DataSource.class).getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
