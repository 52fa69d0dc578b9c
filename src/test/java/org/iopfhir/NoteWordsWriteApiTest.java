// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import javax.sql.DataSource;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Consents;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.Tables;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** The words of a counseling note are kept apart and sealed, whichever way they are written. */
class NoteWordsWriteApiTest extends NoteWorld {
    @Test
    void aNewVersionHasItsOwnWordsAndTheOldOneKeepsIts() {
        put(author, binary, binary(note, WORDS)).send().expect(200);
        assertThat(author.get(binary).send().header("ETag")).isEqualTo("W/\"1\"");

        put(author, binary, binary(note, OTHER_WORDS)).send().expect(200);

        assertThat(words(author, binary)).isEqualTo(OTHER_WORDS);
        assertThat(words(author, binary + "/_history/1")).isEqualTo(WORDS);
        assertThat(words(author, binary + "/_history/2")).isEqualTo(OTHER_WORDS);
        assertThat(inTheDatabase()).isEmpty();
    }

    @Test
    void aPatchChangesWordsOrLeavesThem() {
        author.patch(binary)
                .body("application/json-patch+json", "[{\"op\":\"add\",\"path\":\"/language\",\"value\":\"en\"}]")
                .send()
                .expect(200);
        assertThat(words(author, binary)).isEqualTo(WORDS);

        author.patch(binary)
                .body(
                        "application/json-patch+json",
                        "[{\"op\":\"replace\",\"path\":\"/data\",\"value\":\"" + base64(OTHER_WORDS) + "\"}]")
                .send()
                .expect(200);

        assertThat(words(author, binary)).isEqualTo(OTHER_WORDS);
        assertThat(inTheDatabase()).isEmpty();
        colleague
                .patch(binary)
                .body("application/json-patch+json", "[{\"op\":\"remove\",\"path\":\"/data\"}]")
                .send()
                .refusal(404, IssueType.NOTFOUND);
    }

    @Test
    void itStaysWithItsNote() {
        String another = author.store(note());

        put(author, binary, binary(another, WORDS)).send().refusal(422, IssueType.BUSINESSRULE);
        put(author, binary, binary(null, WORDS)).send().refusal(422, IssueType.BUSINESSRULE);

        assertThat(words(author, binary)).isEqualTo(WORDS);
    }

    @Test
    void aNoteOfSomebodyElseIsLikeOneThatIsMissing() {
        long before = rows();
        Answer foreign =
                colleague.post("Binary").body(binary(note, OTHER_WORDS)).send();
        Answer missing = colleague
                .post("Binary")
                .body(binary("DocumentReference/none", OTHER_WORDS))
                .send();

        assertThat(foreign.status()).isEqualTo(400);
        assertThat(missing.status()).isEqualTo(400);
        assertThat(foreign.text()).contains("not found");
        assertThat(foreign.text().replace(note, "X")).isEqualTo(missing.text().replace("DocumentReference/none", "X"));
        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void aRefusedTransactionLeavesNothing() {
        long before = rows();
        Bundle bundle = transaction(OTHER_WORDS);
        Invented.post(bundle, Invented.placeholder(), new DocumentReference());

        author.process(bundle).expect(422);

        assertThat(rows()).isEqualTo(before);
    }

    @Test
    void wordsThatAreKeptWithTheRecordCannotBecomeThoseOfANote() {
        String open = author.store(binary(null, "Open words"));
        DocumentReference pointing = note();
        pointing.getContentFirstRep().getAttachment().setUrl(open);
        author.post("DocumentReference").body(pointing).send().expect(422);
        put(author, open, binary(note, WORDS)).send().refusal(422, IssueType.BUSINESSRULE);

        DocumentReference inside = note();
        inside.addContained(binary(null, "Open words").setId("words"));
        inside.getContentFirstRep().getAttachment().setUrl("#words");
        author.post("DocumentReference").body(inside).send().expect(422);
        Bundle collection = new Bundle().setType(Bundle.BundleType.COLLECTION);
        Binary labelled = binary(null, WORDS);
        labelled.getMeta().addSecurity(psythpn());
        collection.addEntry().setFullUrl(Invented.placeholder()).setResource(labelled);
        author.post("Bundle").body(collection).send().refusal(422, IssueType.BUSINESSRULE);
    }

    @Test
    void aLabelAloneKeepsThemApart() {
        Binary labelled = binary(null, OTHER_WORDS);
        labelled.getMeta().addSecurity(psythpn());

        String stored = author.store(labelled);

        assertThat(words(author, stored)).isEqualTo(OTHER_WORDS);
        colleague.get(stored).send().refusal(404, IssueType.NOTFOUND);
        assertThat(inTheDatabase()).isEmpty();
        put(author, stored, binary(note, OTHER_WORDS)).send().expect(200);
        program.store(Consents.ofNotes(patient, clinic, recipient));
        assertThat(words(hospital(), stored)).isEqualTo(OTHER_WORDS);
    }

    @Test
    void whoeverLosesARaceLosesNoWords() throws Exception {
        List<String> sent = IntStream.range(0, 24).mapToObj(i -> "Words " + i).toList();
        ExecutorService writers = Executors.newFixedThreadPool(4);
        List<String> accepted = new ArrayList<>();
        try {
            List<Future<Answer>> answers = new ArrayList<>();
            for (String said : sent) {
                answers.add(writers.submit(
                        () -> put(author, binary, binary(note, said)).send()));
            }
            for (int i = 0; i < sent.size(); i++) {
                Answer answer = answers.get(i).get();
                // After eight lost races in a row a client is told so.
                assertThat(answer.status()).isIn(200, 409);
                if (answer.status() == 200) {
                    accepted.add(sent.get(i));
                }
            }
        } finally {
            writers.shutdown();
        }

        List<String> stored = new ArrayList<>();
        for (int version = 2; version <= accepted.size() + 1; version++) {
            stored.add(words(author, binary + "/_history/" + version));
        }
        assertThat(stored).containsExactlyInAnyOrderElementsOf(accepted).isNotEmpty();
    }

    @Test
    void noLogLineHoldsThem() {
        Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
        Logger ours = (Logger) LoggerFactory.getLogger("org.iopfhir");
        ListAppender<ILoggingEvent> log = new ListAppender<>();
        log.start();
        root.addAppender(log);
        ours.setLevel(Level.TRACE);
        try {
            String stored = store(author, OTHER_WORDS).get(1);
            author.get(stored).send().expect(200);
            put(author, stored, binary("DocumentReference/none", OTHER_WORDS))
                    .send()
                    .expect(422);
        } finally {
            root.detachAppender(log);
            ours.setLevel(Level.INFO);
        }

        assertThat(log.list)
                .noneMatch(line -> line.getFormattedMessage().contains(OTHER_WORDS)
                        || line.getFormattedMessage().contains(base64(OTHER_WORDS)));
    }

    @Test
    void whatIsSearchedInTheTablesIsFoundThereIfItIsThere() {
        author.store(binary(null, "Open words"));

        assertThat(Tables.holding(SERVER.own(DataSource.class), "Open words"))
                .singleElement()
                .asString()
                .startsWithIgnoringCase("HFJ_RES_VER.RES_TEXT");
    }

    @Test
    void noTableHoldsThemOpen() {
        author.get(binary).send().expect(200);
        colleague.get(binary).send().expect(404);

        assertThat(inTheDatabase()).isEmpty();
        assertThat(database().queryForList("select SAYS from IOP_NOTE", String.class))
                .isNotEmpty()
                .allMatch(text -> text.startsWith("aes-256-gcm:"));
    }
}
