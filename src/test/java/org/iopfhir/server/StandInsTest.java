// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ca.uhn.fhir.context.FhirContext;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Patient;
import org.iopfhir.consent.Notice;
import org.iopfhir.consent.Notice.Basis;
import org.iopfhir.consent.Notice.Mark;
import org.iopfhir.consent.Notice.Statement;
import org.junit.jupiter.api.Test;

class StandInsTest {

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final Notice notice = new Notice(Statement.FULL);
    private final StandIns standIns = new StandIns(fhir);
    private final List<Mark> meant = List.of(
            notice.of(new Basis("https://fhir.example.org/Consent/1", "For \"treatment\" {and} payment", true)),
            notice.of(new Basis(null, "In a medical emergency", false)));
    private final List<Mark> standing = meant.stream().map(standIns::standFor).toList();

    @Test
    void areReplacedByWhatTheyStandForHoweverTheAnswerIsCut() throws IOException {
        String written = encoded(standing);
        String wanted = encoded(meant);

        for (int piece = 1; piece <= written.length(); piece += piece < 200 ? 1 : 97) {
            assertThat(sent(written, piece)).as("pieces of %s", piece).isEqualTo(wanted);
        }
    }

    @Test
    void nothingElseIsTouched() throws IOException {
        String text = "{\"system\":\"urn:uuid:0d4b1a1c-6f3e-4b52-9d57-2f1b6a0c7e11\",\"code\":\"0\"}";

        assertThat(sent(text, 7)).isEqualTo(text);
    }

    @Test
    void anAnswerInWhichOneWouldStayIsNotGiven() {
        Coding changed = standing.get(0).label().copy().setDisplay("more than was put there");
        String text =
                fhir.newJsonParser().encodeResourceToString(new Patient().setMeta(new Meta().addSecurity(changed)));

        assertThatThrownBy(() -> sent(text, text.length())).isInstanceOf(IOException.class);
    }

    private String encoded(List<Mark> marks) {
        Bundle bundle = new Bundle();
        for (int i = 0; i < 30; i++) {
            Patient patient = new Patient();
            patient.setId("Patient/" + i);
            patient.addName().setFamily("{" + "x".repeat(i * 7) + "}");
            notice.mark(patient, marks.get(i % marks.size()));
            bundle.addEntry().setResource(patient);
        }
        return fhir.newJsonParser().encodeResourceToString(bundle);
    }

    private String sent(String text, int piece) throws IOException {
        StringWriter answer = new StringWriter();
        try (Writer writer = standIns.replacedIn(answer)) {
            for (int at = 0; at < text.length(); at += piece) {
                String part = text.substring(at, Math.min(at + piece, text.length()));
                if (at % 2 == 0) {
                    writer.write(part);
                } else {
                    writer.write(part.toCharArray());
                }
                writer.flush();
            }
        }
        return answer.toString();
    }
}
