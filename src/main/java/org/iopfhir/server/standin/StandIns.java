// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.standin;

import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.hl7.fhir.r4.model.Meta;
import org.jspecify.annotations.Nullable;

/**
 * What stands in the records of one answer for the labels and extensions of their {@code meta}, as long as HAPI encodes it:
 * a mark at the end of {@code source}, which costs HAPI next to nothing, as an element of its own would not. What it stands
 * for was encoded before, and is written after the source.
 */
public final class StandIns {

    /** Characters; HAPI writes value by value. */
    private static final int AT_ONCE = 8 * 1024;

    /** Of the private use area, so that one look at each character finds a mark. */
    private static final char RARE = '\uE1F0';

    /** Before a mark, where the record has no source of its own. */
    private static final char[] NOTHING = "\"source\":\"".toCharArray();

    private static final int DIGITS = 10;

    private final LabelTexts known;

    /** Cannot be guessed, so that nothing in a record can pass for a mark. */
    private final String name = RARE + UUID.randomUUID().toString();

    private final char[] secret = name.toCharArray();

    /** What is written for a mark, by the number after its name; and the numbers. */
    private final List<String> texts = new ArrayList<>();

    private final Map<String, Integer> numbers = new HashMap<>();

    private @Nullable Meta last;
    private int lastNumber;

    public StandIns(LabelTexts known) {
        this.known = known;
    }

    /** Let a mark be written for the labels and extensions of {@code meta}, if they are such as this server adds. */
    public void putInto(Meta meta) {
        if (!meta.hasSecurity() && !meta.hasExtension()) {
            // Nothing to say; or the same record stands twice in the answer, and has its mark.
            return;
        }
        if (!isLikeLast(meta)) {
            Optional<String> text = known.of(meta);
            if (text.isEmpty()) {
                return;
            }
            lastNumber = number(text.get());
            last = new Meta().setSecurity(meta.getSecurity());
            last.setExtension(meta.getExtension());
        }
        meta.setSource(Objects.requireNonNullElse(meta.getSource(), "") + name + lastNumber);
        meta.setSecurity(null);
        meta.setExtension(null);
    }

    /** Most records of an answer are labelled like the one before. */
    private boolean isLikeLast(Meta meta) {
        return last != null && LabelKey.areAlike(meta, last);
    }

    private int number(String text) {
        return numbers.computeIfAbsent(text, any -> {
            texts.add(text);
            return texts.size() - 1;
        });
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

    private String meant(String number) throws IOException {
        try {
            return texts.get(Integer.parseInt(number));
        } catch (NumberFormatException | IndexOutOfBoundsException e) {
            throw new IOException("A mark was written in a way in which it is not known again", e);
        }
    }

    /** Holds back the end of what was written, in which a mark may have begun. */
    private final class Replacing extends Writer {

        private final Writer out;
        private final int atOnce;
        private final int longest = secret.length + DIGITS + 1;

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
                passed = replace(passed, found);
                found = find(passed);
            }
            int until = isWhole ? length : Math.max(passed, length - longest - NOTHING.length);
            out.write(held, passed, until - passed);
            System.arraycopy(held, until, held, 0, length - until);
            length -= until;
        }

        /** Write what is before the mark at {@code found}, and what it means; returns where it ends. */
        private int replace(int passed, int found) throws IOException {
            int number = found + secret.length;
            int end = number;
            while (end < length && held[end] != '"') {
                end++;
            }
            String text = meant(new String(held, number, end - number));
            int before = found - NOTHING.length;
            if (before >= passed && Arrays.equals(held, before, found, NOTHING, 0, NOTHING.length)) {
                out.write(held, passed, before - passed);
            } else {
                out.write(held, passed, found - passed);
                out.write("\",");
            }
            out.write(text);
            return Math.min(end + 1, length);
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
