// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.journal;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.util.ByteArrayBuilder;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * What a line of an {@link AuditSpool} says: some rows and what was disclosed by all of them together, as JSON arrays. Values
 * stand in a fixed order instead of by name, since each access writes and reads one of these. The first tells the order,
 * which a release that changes it must number anew.
 */
final class AuditLine {

    private static final int ORDER = 1;

    private static final JsonFactory JSON = new JsonFactory();

    private AuditLine() {}

    static byte[] of(List<AuditRow> rows, List<DisclosedRow> disclosed) throws IOException {
        try (ByteArrayBuilder line = new ByteArrayBuilder();
                JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartArray();
            json.writeNumber(ORDER);
            json.writeStartArray();
            for (AuditRow row : rows) {
                write(json, row);
            }
            json.writeEndArray();
            for (DisclosedRow row : disclosed) {
                write(json, row);
            }
            json.writeEndArray();
            json.flush();
            return line.toByteArray();
        }
    }

    private static void write(JsonGenerator json, AuditRow row) throws IOException {
        AuditRow.Deed deed = row.deed();
        AuditRow.Doer doer = row.doer();
        AuditRow.Origin origin = row.origin();
        json.writeStartArray();
        json.writeString(row.id());
        json.writeNumber(row.recorded().toEpochMilli());
        json.writeString(deed.type());
        write(json, deed.subtypes());
        json.writeString(deed.action());
        json.writeString(deed.outcome());
        json.writeString(deed.of());
        write(json, deed.resources());
        json.writeString(deed.query());
        json.writeString(doer.user());
        json.writeString(doer.name());
        json.writeString(doer.client());
        write(json, doer.roles());
        json.writeString(doer.purpose());
        write(json, doer.others());
        json.writeString(origin.requestId());
        json.writeString(origin.address());
        json.writeNumber(origin.status());
        json.writeString(origin.source());
        json.writeString(origin.stored() == null ? null : origin.stored().toString());
        write(json, row.patients());
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, DisclosedRow row) throws IOException {
        json.writeStartArray();
        json.writeString(row.id());
        json.writeString(row.patient());
        json.writeNumber(row.recorded().toEpochMilli());
        json.writeString(row.party().recipient());
        json.writeString(row.party().client());
        json.writeString(row.party().user());
        json.writeString(row.party().address());
        json.writeString(row.purpose());
        json.writeString(row.basis().consent());
        json.writeString(row.basis().rule());
        write(json, row.resources());
        json.writeEndArray();
    }

    private static void write(JsonGenerator json, Collection<String> texts) throws IOException {
        json.writeStartArray();
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }

    /**
     * Add what a line says to {@code rows} and {@code disclosed}.
     *
     * @throws IOException when it is not in the order of this release
     */
    static void read(byte[] all, int from, int length, List<AuditRow> rows, List<DisclosedRow> disclosed)
            throws IOException {
        try (JsonParser json = JSON.createParser(all, from, length)) {
            if (json.nextToken() != JsonToken.START_ARRAY || json.nextIntValue(0) != ORDER) {
                throw new IOException("A line of the spool is in the order of another release");
            }
            json.nextToken();
            while (json.nextToken() != JsonToken.END_ARRAY) {
                rows.add(row(json));
            }
            while (json.nextToken() != JsonToken.END_ARRAY) {
                disclosed.add(disclosedRow(json));
            }
        }
    }

    private static AuditRow row(JsonParser json) throws IOException {
        String id = json.nextTextValue();
        Instant recorded = Instant.ofEpochMilli(json.nextLongValue(0));
        AuditRow.Deed deed = new AuditRow.Deed(
                json.nextTextValue(),
                texts(json),
                json.nextTextValue(),
                json.nextTextValue(),
                json.nextTextValue(),
                texts(json),
                json.nextTextValue());
        AuditRow.Doer doer = new AuditRow.Doer(
                json.nextTextValue(),
                json.nextTextValue(),
                json.nextTextValue(),
                texts(json),
                json.nextTextValue(),
                texts(json));
        AuditRow.Origin origin = new AuditRow.Origin(
                json.nextTextValue(),
                json.nextTextValue(),
                json.nextIntValue(0),
                json.nextTextValue(),
                moment(json.nextTextValue()));
        AuditRow row = new AuditRow(id, recorded, deed, doer, origin, Set.copyOf(texts(json)));
        json.nextToken();
        return row;
    }

    private static @Nullable Instant moment(@Nullable String text) {
        return text == null ? null : Instant.parse(text);
    }

    private static DisclosedRow disclosedRow(JsonParser json) throws IOException {
        DisclosedRow row = new DisclosedRow(
                json.nextTextValue(),
                json.nextTextValue(),
                Instant.ofEpochMilli(json.nextLongValue(0)),
                new DisclosedRow.Party(
                        json.nextTextValue(), json.nextTextValue(), json.nextTextValue(), json.nextTextValue()),
                json.nextTextValue(),
                new DisclosedRow.Basis(json.nextTextValue(), json.nextTextValue()),
                texts(json));
        json.nextToken();
        return row;
    }

    private static List<String> texts(JsonParser json) throws IOException {
        List<String> texts = new ArrayList<>();
        json.nextToken();
        while (json.nextToken() != JsonToken.END_ARRAY) {
            texts.add(json.getText());
        }
        return texts;
    }
}
