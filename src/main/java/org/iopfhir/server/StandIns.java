// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Meta;
import org.jspecify.annotations.Nullable;

/**
 * Short elements that stand in the records of one answer for the labels and extensions of their {@code meta}, as long as
 * HAPI encodes it. What they stand for is encoded once, and takes their place on the way out.
 */
final class StandIns {

    /** An answer in which hardly two records are labelled alike gains nothing, and is not to pay for comparing them. */
    private static final int KINDS = 8;

    /** Characters; HAPI writes value by value. */
    private static final int AT_ONCE = 8 * 1024;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FhirContext fhir;

    /** Cannot be guessed, so that nothing in a record can pass for a stand-in. */
    private final String secret = "urn:uuid:" + UUID.randomUUID();

    private final List<StandIn> all = new ArrayList<>();

    /** What is written for a stand-in, and what takes its place. */
    private final Map<String, String> texts = new HashMap<>();

    StandIns(FhirContext fhir) {
        this.fhir = fhir;
    }

    /** What some records say alike, and what stands for it. */
    private record StandIn(Meta meant, Meta written) {

        boolean standsFor(Meta meta) {
            return same(meant.getSecurity(), meta.getSecurity()) && sameExtensions(meant, meta);
        }
    }

    /** Let the labels and extensions of {@code meta} be written by a stand-in, unless there are too many already. */
    void putInto(Meta meta) {
        standIn(meta).ifPresent(standIn -> {
            meta.setSecurity(standIn.written().getSecurity());
            meta.setExtension(standIn.written().getExtension());
        });
    }

    private Optional<StandIn> standIn(Meta meta) {
        for (StandIn known : all) {
            if (known.standsFor(meta)) {
                return Optional.of(known);
            }
        }
        return all.size() < KINDS ? Optional.of(add(meta)) : Optional.empty();
    }

    private StandIn add(Meta meta) {
        Meta meant = new Meta().setSecurity(meta.getSecurity());
        meant.setExtension(meta.getExtension());
        String number = String.valueOf(all.size());
        Meta written = new Meta().addSecurity(new Coding().setSystem(secret).setCode(number));
        if (meant.hasExtension()) {
            written.addExtension(secret, new CodeType(number));
        }
        JsonNode from = encoded(written);
        JsonNode to = encoded(meant);
        for (String list : new String[] {"security", "extension"}) {
            texts.put(items(from.path(list)), items(to.path(list)));
        }
        StandIn standIn = new StandIn(meant, written);
        all.add(standIn);
        return standIn;
    }

    private JsonNode encoded(Meta meta) {
        try {
            return JSON.readTree(fhir.newJsonParser().encodeToString(meta));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("HAPI wrote what is no JSON", e);
        }
    }

    /** The items of a list, as they stand in it. */
    private static String items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::toString)
                .collect(Collectors.joining(","));
    }

    private static boolean same(List<Coding> some, List<Coding> others) {
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (!same(some.get(i), others.get(i))) {
                return false;
            }
        }
        return true;
    }

    /** HAPI's own comparison of all that a Coding can hold takes several times as long. */
    private static boolean same(Coding one, Coding other) {
        boolean isPlain = isPlain(one) && isPlain(other);
        return one == other
                || (isPlain
                        ? Objects.equals(one.getCode(), other.getCode())
                                && Objects.equals(one.getSystem(), other.getSystem())
                                && Objects.equals(one.getDisplay(), other.getDisplay())
                        : one.equalsDeep(other));
    }

    private static boolean isPlain(Coding label) {
        return !label.hasExtension() && !label.hasId() && !label.hasVersion() && !label.hasUserSelected();
    }

    private static boolean sameExtensions(Meta one, Meta other) {
        List<Extension> some = one.getExtension();
        List<Extension> others = other.getExtension();
        if (some.size() != others.size()) {
            return false;
        }
        for (int i = 0; i < some.size(); i++) {
            if (some.get(i) != others.get(i) && !some.get(i).equalsDeep(others.get(i))) {
                return false;
            }
        }
        return true;
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
