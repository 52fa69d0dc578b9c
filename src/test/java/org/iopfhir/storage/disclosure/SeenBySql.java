// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import javax.sql.DataSource;
import org.springframework.jdbc.core.JdbcTemplate;

/** Asks the two statements by which records are shown and released about all records at once. */
public final class SeenBySql {
    private final JdbcTemplate database;
    private final Disclosures disclosures;
    private final Map<Long, String> names;

    /** Know all resources that are stored by now. */
    public SeenBySql(DataSource pool, Disclosures disclosures) {
        this.database = new JdbcTemplate(pool);
        this.disclosures = disclosures;
        this.names = database.queryForList("select RES_ID, RES_TYPE, FHIR_ID from HFJ_RESOURCE").stream()
                .collect(Collectors.toMap(
                        row -> (Long) row.get("RES_ID"), row -> row.get("RES_TYPE") + "/" + row.get("FHIR_ID")));
    }

    /** Names of what {@code viewer} sees, as in a search. */
    public Set<String> shown(Viewer viewer, Instant at) {
        Visible visible = Visible.to(viewer, "r.RES_ID", null, at.toEpochMilli());
        List<Long> keys = database.queryForList(
                "select r.RES_ID from HFJ_RESOURCE r where " + visible.text(),
                Long.class,
                visible.values().toArray());
        return names(keys);
    }

    /** Names of what may be released to {@code viewer}, as before an answer leaves. */
    public Set<String> released(Viewer viewer, Instant at) {
        return names(disclosures
                .bases(names.keySet(), Objects.requireNonNull(viewer.outside()), at)
                .keySet());
    }

    private Set<String> names(Iterable<Long> keys) {
        Set<String> found = new HashSet<>();
        keys.forEach(key -> found.add(names.get(key)));
        return found;
    }
}
