// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.standin;

import java.io.IOException;
import java.io.Writer;
import java.util.Arrays;
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
public final class StandIns {

    /** Characters; HAPI writes value by value. */
    private static final int AT_ONCE = 8 * 1024;

    /** Of the private use area, so that one look at each character finds a stand-in. */
    private static final char RARE = '\uE1F0';

    private final LabelTexts known;

    /** Cannot be guessed, so that nothing in a record can pass for a stand-in. */
    private final String name = RARE + UUID.randomUUID().toString();

    private final char[] secret = name.toCharArray();

    private final IdentityHashMap<LabelTexts.Text, Meta> standIns = new IdentityHashMap<>();

    /** What is written for a stand-in, and what takes its place. */
    private final Map<String, String> texts = new HashMap<>();

    public StandIns(LabelTexts known) {
        this.known = known;
    }

    /** Let a stand-in be written for the labels and extensions of {@code meta}, if they are such as this server adds. */
    public void putInto(Meta meta) {
        if (name.equals(meta.getSecurityFirstRep().getSystem())) {
            // The same record stands twice in the answer.
            return;
        }
        known.of(meta).ifPresent(text -> {
            Meta standIn = standIns.computeIfAbsent(text, this::standFor);
            meta.setSecurity(standIn.getSecurity());
            meta.setExtension(standIn.getExtension());
        });
    }

    private Meta standFor(LabelTexts.Text text) {
        String number = String.valueOf(standIns.size());
        Meta standIn = new Meta().addSecurity(new Coding().setSystem(name).setCode(number));
        texts.put("{\"system\":\"" + name + "\",\"code\":\"" + number + "\"}", text.security());
        if (!text.extension().isEmpty()) {
            standIn.addExtension(name, new CodeType(number));
            texts.put("{\"url\":\"" + name + "\",\"valueCode\":\"" + number + "\"}", text.extension());
        }
        return standIn;
    }

    /** Whether any was put anywhere. */
    public boolean areThere() {
        return !texts.isEmpty();
    }

    /** Puts what is meant in its place on the way to {@code answer}. */
    public Writer replacedIn(Writer answer) {
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
    private final class Replacing extends Writer {

        private final Writer out;
        private final int atOnce;
        private final int longest =
                texts.keySet().stream().mapToInt(String::length).max().orElse(0);

        private char[] held;
        private int length;

        private Replacing(Writer out, int atOnce) {
            this.out = out;
            this.atOnce = atOnce;
            this.held = new char[atOnce + 2 * longest];
        }

        @Override
        public void write(char[] characters, int from, int count) throws IOException {
            if (length + count > held.length) {
                held = Arrays.copyOf(held, Math.max(length + count, 2 * held.length));
            }
            System.arraycopy(characters, from, held, length, count);
            length += count;
            if (length >= atOnce) {
                pass(false);
            }
        }

        @Override
        public void flush() {
            // when it is whole
        }

        @Override
        public void close() throws IOException {
            pass(true);
            out.close();
        }

        private void pass(boolean isWhole) throws IOException {
            int passed = 0;
            int found = find(0);
            while (found >= 0 && (isWhole || found + longest <= length)) {
                int start = found;
                while (start > passed && held[start] != '{') {
                    start--;
                }
                int end = found;
                while (end < length - 1 && held[end] != '}') {
                    end++;
                }
                String text = meant(new String(held, start, end + 1 - start));
                out.write(held, passed, start - passed);
                out.write(text);
                passed = end + 1;
                found = find(passed);
            }
            int until = isWhole ? length : Math.max(passed, length - 2 * longest);
            out.write(held, passed, until - passed);
            System.arraycopy(held, until, held, 0, length - until);
            length -= until;
        }

        private int find(int from) {
            for (int at = from; at < length; at++) {
                if (held[at] == RARE && isSecret(at)) {
                    return at;
                }
            }
            return -1;
        }

        private boolean isSecret(int at) {
            return Arrays.equals(held, at, Math.min(length, at + secret.length), secret, 0, secret.length);
        }
    }
}
