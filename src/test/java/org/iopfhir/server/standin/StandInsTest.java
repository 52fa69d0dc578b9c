// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.standin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.StringWriter;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.MarkdownType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.RelatedArtifact;
import org.hl7.fhir.r4.model.Type;
import org.iopfhir.consent.Notice;
import org.iopfhir.consent.Notice.Basis;
import org.iopfhir.consent.Notice.Mark;
import org.iopfhir.consent.Notice.Statement;
import org.junit.jupiter.api.Test;

class StandInsTest {

    private static final int KNOWN = 7;

    private final FhirContext fhir = FhirContext.forR4Cached();
    private final Notice notice = new Notice(Statement.FULL);
    private final List<Mark> marks = List.of(
            notice.of(new Basis("https://fhir.example.org/Consent/1", "For \"treatment\" {and} payment", true)),
            notice.of(new Basis(null, "In a medical emergency", false)));
    private final StandIns standIns = new StandIns(new LabelTexts(fhir));

    @Test
    void areReplacedByWhatTheyStandForHoweverTheAnswerIsCut() throws IOException {
        String wanted = encoded(answer());
        Bundle answer = answer();
        putInto(answer);
        String written = encoded(answer);

        assertThat(written).hasSizeLessThan(wanted.length() / 3);
        for (int piece = 1; piece <= written.length(); piece += piece < 200 ? 1 : 97) {
            assertThat(tree(sent(written, piece))).as("pieces of %s", piece).isEqualTo(tree(wanted));
        }
    }

    @Test
    void labelsThatDifferInAnythingAreNotTheSame() throws IOException {
        Bundle answer = new Bundle();
        different().forEach(meta -> answer.addEntry().setResource(new Patient().setMeta(meta)));
        String wanted = encoded(answer);
        putInto(answer);

        assertThat(tree(sent(encoded(answer), 50))).isEqualTo(tree(wanted));
    }

    @Test
    void whatThisServerDoesNotPutThereIsWrittenAsItIs() throws IOException {
        for (Meta meta : different().subList(KNOWN, different().size())) {
            Meta before = meta.copy();
            standIns.putInto(meta);
            assertThat(meta.equalsDeep(before)).as(encoded(answer(meta))).isTrue();
        }
    }

    /** The first of them are such as this server puts there. */
    private static List<Meta> different() {
        Coding label = new Coding("urn:a", "R", null);
        Coding display = label.copy().setDisplay("restricted");
        Coding translated = display.copy();
        translated.getDisplayElement().addExtension("urn:e", new CodeType("de"));
        Meta extended = new Meta().addSecurity(label.copy());
        extended.addExtension("urn:e", new Coding("urn:b", "1", null));
        Meta signed = new Meta().addSecurity(label.copy());
        signed.addExtension(
                "urn:e", new Annotation(new MarkdownType("words")).setTimeElement(new DateTimeType("2026-05-02")));
        Meta cited = new Meta().addSecurity(label.copy());
        cited.addExtension("urn:e", new RelatedArtifact().setDisplay("a").setCitation("b"));
        Meta other = new Meta().addSecurity(label.copy());
        other.addExtension("urn:e", new CodeType("1"));
        List<Meta> all = new ArrayList<>(List.of(
                of(label),
                of(display),
                of(label.copy().setVersion("2")),
                of(label.copy().setCode("V")),
                of(label.copy().setSystem("urn:b")),
                extended,
                of(withExtension(label.copy(), new Coding("urn:b", "1", null)))));
        all.addAll(List.of(
                of(label.copy().setUserSelected(true)),
                of((Coding) label.copy().setId("1")),
                of(translated),
                signed,
                cited,
                other,
                of(withExtension(label.copy(), new CodeType("1")))));
        return all;
    }

    private static Meta of(Coding label) {
        return new Meta().addSecurity(label);
    }

    private static Bundle answer(Meta meta) {
        Bundle answer = new Bundle();
        answer.addEntry().setResource(new Patient().setMeta(meta));
        return answer;
    }

    @Test
    void aRecordThatStandsTwiceInAnAnswerIsWrittenTwice() throws IOException {
        Bundle answer = answer();
        answer.addEntry().setResource(answer.getEntryFirstRep().getResource());
        String wanted = encoded(answer);
        putInto(answer);

        assertThat(tree(sent(encoded(answer), 50))).isEqualTo(tree(wanted));
    }

    @Test
    void nothingElseIsTouched() throws IOException {
        String text = "{\"source\":\"\uE1F00d4b1a1c-6f3e-4b52-9d57-2f1b6a0c7e110\"}\uE1F0";

        assertThat(sent(text, 7)).isEqualTo(text);
    }

    @Test
    void anAnswerInWhichOneWouldStayIsNotGiven() {
        Bundle answer = answer();
        putInto(answer);
        String text = encoded(answer);

        for (String otherwise : List.of("more\"", "\\\"", "9\"", "")) {
            String changed = text.replaceAll("0\"(?=})", Matcher.quoteReplacement(otherwise));
            assertThat(changed).isNotEqualTo(text);
            assertThatThrownBy(() -> sent(changed, 100)).as(changed).isInstanceOf(IOException.class);
        }
    }

    private static Coding withExtension(Coding label, Type value) {
        label.addExtension("urn:e", value);
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
            patient.getMeta().setSource(i % 3 == 0 ? null : "https://ehr.example.org#" + i);
            notice.mark(patient, marks.get(i % marks.size()));
            bundle.addEntry().setResource(patient);
        }
        return bundle;
    }

    private String encoded(Bundle bundle) {
        return fhir.newJsonParser().encodeResourceToString(bundle);
    }

    /** The order of members means nothing in JSON. */
    private static JsonNode tree(String json) throws IOException {
        return new ObjectMapper()
                .enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION)
                .readTree(json);
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
