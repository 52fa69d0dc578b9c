// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.Map;
import java.util.UUID;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Meta;
import org.jspecify.annotations.Nullable;

/**
 * Short elements that stand in the records of one answer for the labels and extensions of their {@code meta}, as long as
 * HAPI encodes it. What they stand for was encoded before, and takes their place on the way out.
 */
final class StandIns {

    /** Characters; HAPI writes value by value. */
    private static final int AT_ONCE = 8 * 1024;

    private final LabelTexts known;

    /** Cannot be guessed, so that nothing in a record can pass for a stand-in. */
    private final String secret = "urn:uuid:" + UUID.randomUUID();

    private final IdentityHashMap<LabelTexts.Text, Meta> standIns = new IdentityHashMap<>();

    /** What is written for a stand-in, and what takes its place. */
    private final Map<String, String> texts = new HashMap<>();

    StandIns(LabelTexts known) {
        this.known = known;
    }

    /** Let a stand-in be written for the labels and extensions of {@code meta}, if they are such as this server adds. */
    void putInto(Meta meta) {
        known.of(meta).ifPresent(text -> {
            Meta standIn = standIns.computeIfAbsent(text, this::standFor);
            meta.setSecurity(standIn.getSecurity());
            meta.setExtension(standIn.getExtension());
        });
    }

    private Meta standFor(LabelTexts.Text text) {
        String number = String.valueOf(standIns.size());
        Meta standIn = new Meta().addSecurity(new Coding().setSystem(secret).setCode(number));
        texts.put("{\"system\":\"" + secret + "\",\"code\":\"" + number + "\"}", text.security());
        if (!text.extension().isEmpty()) {
            standIn.addExtension(secret, new CodeType(number));
            texts.put("{\"url\":\"" + secret + "\",\"valueCode\":\"" + number + "\"}", text.extension());
        }
        return standIn;
    }

    /** Whether any was put anywhere. */
    boolean areThere() {
        return !texts.isEmpty();
    }

    /** Puts what is meant in its place on the way to {@code answer}. */
    Writer replacedIn(Writer answer) {
        return replacedIn(answer, AT_ONCE);
    }

    /** The same, with so many characters looked through at once. */
    Writer replacedIn(Writer answer, int atOnce) {
        return new Replacing(answer, atOnce);
    }

    private String meant(String written) throws IOException {
        @Nullable String text = texts.get(written);
        if (text == null) {
            throw new IOException("A stand-in was written in a way in which it is not known again");
        }
        return text;
    }

    /** Holds back the end of what was written, in which a stand-in may have begun. */
    private final class Replacing extends FilterWriter {

        private final int atOnce;
        private final StringBuilder held = new StringBuilder(2 * AT_ONCE);
        private final int longest =
                texts.keySet().stream().mapToInt(String::length).max().orElse(0);

        private Replacing(Writer out, int atOnce) {
            super(out);
            this.atOnce = atOnce;
        }

        @Override
        public void write(int character) throws IOException {
            held.append((char) character);
            passIfMuch();
        }

        @Override
        public void write(char[] characters, int from, int count) throws IOException {
            held.append(characters, from, count);
            passIfMuch();
        }

        @Override
        public void write(String text, int from, int count) throws IOException {
            held.append(text, from, from + count);
            passIfMuch();
        }

        @Override
        public void flush() {
            // when it is whole
        }

        @Override
        public void close() throws IOException {
            pass(true);
            super.close();
        }

        private void passIfMuch() throws IOException {
            if (held.length() >= atOnce) {
                pass(false);
            }
        }

        private void pass(boolean isWhole) throws IOException {
            int passed = 0;
            int found = held.indexOf(secret);
            while (found >= 0 && (isWhole || found + longest <= held.length())) {
                int start = held.lastIndexOf("{", found);
                int end = held.indexOf("}", found) + 1;
                out.append(held, passed, start).append(meant(held.substring(start, end)));
                passed = end;
                found = held.indexOf(secret, passed);
            }
            int until = isWhole ? held.length() : Math.max(passed, held.length() - 2 * longest);
            out.append(held, passed, until);
            held.delete(0, until);
        }
    }
}
