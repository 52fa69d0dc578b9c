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
import org.hl7.fhir.r4.model.CodeType;
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
    private final List<Mark> marks = List.of(
            notice.of(new Basis("https://fhir.example.org/Consent/1", "For \"treatment\" {and} payment", true)),
            notice.of(new Basis(null, "In a medical emergency", false)));
    private final StandIns standIns = new StandIns(fhir);

    @Test
    void areReplacedByWhatTheyStandForHoweverTheAnswerIsCut() throws IOException {
        String wanted = encoded(answer());
        Bundle answer = answer();
        putInto(answer);
        String written = encoded(answer);

        assertThat(written).hasSizeLessThan(wanted.length() / 3);
        for (int piece = 1; piece <= written.length(); piece += piece < 200 ? 1 : 97) {
            assertThat(sent(written, piece)).as("pieces of %s", piece).isEqualTo(wanted);
        }
    }

    @Test
    void whatIsLabelledInTooManyWaysStaysAsItIs() throws IOException {
        Bundle answer = new Bundle();
        for (int i = 0; i < 40; i++) {
            Patient patient = new Patient();
            patient.getMeta().addSecurity("urn:a", "L" + i, null);
            answer.addEntry().setResource(patient);
        }
        String wanted = encoded(answer);
        putInto(answer);

        assertThat(sent(encoded(answer), 50)).isEqualTo(wanted);
    }

    @Test
    void labelsThatDifferInAnythingAreNotTheSame() throws IOException {
        Coding label = new Coding("urn:a", "R", null);
        List<Coding> labels = List.of(
                label,
                label.copy().setDisplay("restricted"),
                label.copy().setVersion("2"),
                label.copy().setUserSelected(true),
                label.copy().setCode("V"),
                label.copy().setSystem("urn:b"),
                (Coding) label.copy().setId("1"),
                withExtension(label.copy()));
        Bundle answer = new Bundle();
        labels.forEach(one -> answer.addEntry().setResource(new Patient().setMeta(new Meta().addSecurity(one))));
        Meta extended = new Meta().addSecurity(label.copy());
        extended.addExtension("urn:e", new CodeType("1"));
        answer.addEntry().setResource(new Patient().setMeta(extended));
        String wanted = encoded(answer);
        putInto(answer);

        assertThat(sent(encoded(answer), 50)).isEqualTo(wanted);
    }

    @Test
    void nothingElseIsTouched() throws IOException {
        String text = "{\"system\":\"urn:uuid:0d4b1a1c-6f3e-4b52-9d57-2f1b6a0c7e11\",\"code\":\"0\"}";

        assertThat(sent(text, 7)).isEqualTo(text);
    }

    @Test
    void anAnswerInWhichOneWouldStayIsNotGiven() {
        Bundle answer = answer();
        putInto(answer);
        String text = encoded(answer).replace("\"code\":\"0\"", "\"code\":\"0\",\"display\":\"more\"");

        assertThatThrownBy(() -> sent(text, 100)).isInstanceOf(IOException.class);
    }

    private static Coding withExtension(Coding label) {
        label.addExtension("urn:e", new CodeType("1"));
        return label;
    }

    private void putInto(Bundle answer) {
        answer.getEntry().forEach(entry -> standIns.putInto(entry.getResource().getMeta()));
    }

    private Bundle answer() {
        Bundle bundle = new Bundle();
        for (int i = 0; i < 30; i++) {
            Patient patient = new Patient();
            patient.setId("Patient/" + i);
            patient.addName().setFamily("{" + "x".repeat(i * 7) + "}");
            patient.getMeta().addSecurity("urn:a", "R", "restricted");
            notice.mark(patient, marks.get(i % marks.size()));
            bundle.addEntry().setResource(patient);
        }
        return bundle;
    }

    private String encoded(Bundle bundle) {
        return fhir.newJsonParser().encodeResourceToString(bundle);
    }

    private String sent(String text, int piece) throws IOException {
        StringWriter answer = new StringWriter();
        try (Writer writer = standIns.replacedIn(answer, 1 + piece / 2)) {
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
