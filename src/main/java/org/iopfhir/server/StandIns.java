// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import ca.uhn.fhir.rest.server.servlet.ServletSubRequestDetails;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.FilterWriter;
import java.io.IOException;
import java.io.Writer;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.hl7.fhir.r4.model.CodeType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Meta;
import org.iopfhir.consent.Notice;

/**
 * Notices that many records of one answer carry: HAPI writes a short stand-in for them into each record, and the notice
 * takes its place on the way out. So it is encoded once, and not as often as there are records, which cost as much again
 * as all else in them.
 */
final class StandIns {

    private static final String NAME = StandIns.class.getName();

    /** Below it is not worth while. */
    private static final int RECORDS = 5;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FhirContext fhir;

    /** Cannot be guessed, so that nothing in a record can pass for a stand-in. */
    private final String secret = "urn:uuid:" + UUID.randomUUID();

    /** What is written for a stand-in, and what is put in its place. */
    private final Map<String, String> texts = new HashMap<>();

    StandIns(FhirContext fhir) {
        this.fhir = fhir;
    }

    /** Begin to use them in the answer to {@code request}; empty where notices have to be written as they are. */
    static Optional<StandIns> in(RequestDetails request, FhirContext fhir, int records) {
        boolean isShort = Stream.of(Constants.PARAM_ELEMENTS, Constants.PARAM_SUMMARY, Constants.PARAM_PRETTY)
                .anyMatch(request.getParameters()::containsKey);
        if (records < RECORDS || isShort || request instanceof ServletSubRequestDetails || !isPlainJson(request)) {
            return Optional.empty();
        }
        StandIns all = new StandIns(fhir);
        request.getUserData().put(NAME, all);
        return Optional.of(all);
    }

    private static boolean isPlainJson(RequestDetails request) {
        return RestfulServerUtils.determineResponseEncodingWithDefault(request).getEncoding() == EncodingEnum.JSON
                && !RestfulServerUtils.prettyPrintResponse(request.getServer(), request);
    }

    /** Those that are used in the answer to {@code request}. */
    static Optional<StandIns> of(RequestDetails request) {
        return Optional.ofNullable((StandIns) request.getUserData().get(NAME));
    }

    /** What is put into records in place of {@code mark}. */
    Notice.Mark standFor(Notice.Mark mark) {
        String number = String.valueOf(texts.size());
        Coding label = new Coding().setSystem(secret).setCode(number);
        Notice.Mark standIn = new Notice.Mark(label, new Extension(secret, new CodeType(number)), mark.forTpo());
        JsonNode written = meta(standIn);
        JsonNode meant = meta(mark);
        for (String path : new String[] {"/security/0", "/extension/0"}) {
            texts.put(written.at(path).toString(), meant.at(path).toString());
        }
        return standIn;
    }

    private JsonNode meta(Notice.Mark mark) {
        Meta meta = new Meta().addSecurity(mark.label());
        meta.addExtension(mark.statement());
        try {
            return JSON.readTree(fhir.newJsonParser().encodeToString(meta));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("HAPI wrote what is no JSON", e);
        }
    }

    /** Puts the notices in their places on the way to {@code answer}. */
    Writer replacedIn(Writer answer) {
        return new Replacing(answer);
    }

    /** Holds back the end of what was written, in which a stand-in may have begun. */
    private final class Replacing extends FilterWriter {

        private final StringBuilder held = new StringBuilder();
        private final int longest =
                texts.keySet().stream().mapToInt(String::length).max().orElse(0);

        private Replacing(Writer out) {
            super(out);
        }

        @Override
        public void write(int character) throws IOException {
            held.append((char) character);
            pass(false);
        }

        @Override
        public void write(char[] characters, int from, int count) throws IOException {
            held.append(characters, from, count);
            pass(false);
        }

        @Override
        public void write(String text, int from, int count) throws IOException {
            held.append(text, from, from + count);
            pass(false);
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

    private String meant(String written) throws IOException {
        String text = texts.get(written);
        if (text == null) {
            throw new IOException("A notice was written in a way in which it is not known again");
        }
        return text;
    }
}
