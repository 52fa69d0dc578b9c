// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.sql.Blob;
import java.sql.Clob;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.zip.GZIPInputStream;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcTemplate;

/** Looks for texts in all that a server has stored, whatever stored it. */
public final class Tables {

    private static final String NAMES = """
            select table_name from information_schema.tables where upper(table_name) like 'HFJ%'
            or upper(table_name) like 'IOP%' or upper(table_name) like 'TRM%'""";

    private Tables() {}

    /** Table and column of each place that holds one of the texts, as it is or as Base64, packed or not. */
    public static List<String> holding(DataSource source, String... texts) {
        JdbcTemplate database = new JdbcTemplate(source);
        List<String> found = new ArrayList<>();
        List<String> tables = database.queryForList(NAMES, String.class);
        assertThat(tables).hasSizeGreaterThan(40);
        for (String table : tables) {
            database.query("select * from " + table, row -> {
                for (int i = 1; i <= row.getMetaData().getColumnCount(); i++) {
                    String value = text(row.getObject(i));
                    if (List.of(texts).stream()
                            .anyMatch(text -> value.contains(text) || value.contains(base64(text)))) {
                        found.add(table + "." + row.getMetaData().getColumnName(i));
                    }
                }
            });
        }
        return found;
    }

    private static String text(@Nullable Object value) throws SQLException {
        if (value instanceof Clob clob) {
            return clob.getSubString(1, (int) clob.length());
        } else if (value instanceof Blob blob) {
            return text(blob.getBytes(1, (int) blob.length()));
        }
        return value instanceof byte[] bytes ? new String(unpacked(bytes), StandardCharsets.UTF_8) : "" + value;
    }

    private static byte[] unpacked(byte[] bytes) {
        boolean isPacked = bytes.length > 2 && bytes[0] == 0x1f && bytes[1] == (byte) 0x8b;
        try {
            return isPacked ? new GZIPInputStream(new ByteArrayInputStream(bytes)).readAllBytes() : bytes;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String base64(String text) {
        return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
    }
}
