// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.jpa.api.dao.IDao;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import com.healthmarketscience.sqlbuilder.Condition;
import com.healthmarketscience.sqlbuilder.CustomCondition;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IAnyResource;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/** Answers who may see what, now. Nothing is remembered from one question to the next. */
public final class Disclosures {

    /** For an id that nobody has the newest record is looked at in vain, so that time does not tell it from a hidden one. */
    private static final String ASKED_FOR = """
            select case when r.RES_TYPE = ? and r.FHIR_ID = ? then r.RES_ID else -1 end from HFJ_RESOURCE r
            where r.RES_ID = coalesce((select i.RES_ID from HFJ_RESOURCE i where i.RES_TYPE = ? and i.FHIR_ID = ?),
                (select max(n.RES_ID) from IOP_RECORD n)) and\s""";

    private static final long NOBODYS = -1;

    /** Of no patient, so that everybody who may read the type may see them. */
    private final Set<String> shared;

    private final JdbcOperations database;
    private final Viewers viewers;
    private final Clock clock;

    Disclosures(Set<String> shared, JdbcOperations database, Viewers viewers, Clock clock) {
        this.shared = Set.copyOf(shared);
        this.database = database;
        this.viewers = viewers;
        this.clock = clock;
    }

    /** Whether resources of {@code type} are seen by some and not by others. */
    public boolean isGuarded(String type) {
        return !shared.contains(type);
    }

    /** Types that are not guarded. */
    Set<String> shared() {
        return shared;
    }

    /** Who sent {@code request}; empty when the server asks itself, which sees everything. */
    public Optional<Viewer> viewer(@Nullable RequestDetails request) {
        return viewers.of(request);
    }

    /** Whether whoever sent {@code request} sees every record of {@code type} that there is, or will be. */
    public boolean seesAll(String type, @Nullable RequestDetails request) {
        return !isGuarded(type) || viewer(request).map(Viewer::seesAllPrograms).orElse(true);
    }

    /** Whether whoever sent {@code request} sees what he has just written. */
    public boolean seesOwnWrites(String type, @Nullable RequestDetails request) {
        return !isGuarded(type)
                || viewer(request)
                        .map(viewer -> !viewer.isBound()
                                || viewer.self() != null
                                || viewer.asOutside()
                                        .map(outside -> outside.organization() != null)
                                        .orElse(false))
                        .orElse(true);
    }

    /** Whether whoever sent {@code request} may see a resource, deleted or not; false too when there is none. */
    public boolean isVisible(String type, String id, @Nullable RequestDetails request) {
        Optional<Viewer> viewer = viewer(request);
        return !isGuarded(type)
                || viewer.isEmpty()
                || visibleKey(type, id, viewer.get()).isPresent();
    }

    /** The internal key of a guarded resource that {@code viewer} may see, deleted or not; empty for all others. */
    public Optional<Long> visibleKey(String type, String id, Viewer viewer) {
        Visible visible = Visible.to(viewer, "r.RES_ID", type, clock.millis());
        List<Object> values = new ArrayList<>(List.of(type, id, type, id));
        values.addAll(visible.values());
        return database.queryForList(ASKED_FOR + visible.text(), Long.class, values.toArray()).stream()
                .filter(key -> key != NOBODYS)
                .findFirst();
    }

    /** Whether there is, or was, such a resource. */
    public boolean exists(String type, String id) {
        return !database.queryForList("select 1 from HFJ_RESOURCE where RES_TYPE = ? and FHIR_ID = ?", type, id)
                .isEmpty();
    }

    /** Whether it is noted of such a resource who may see it, which is so from the commit on that first stored it. */
    public boolean isNoted(String type, String id) {
        String sql = "select 1 from HFJ_RESOURCE r join IOP_RECORD v on v.RES_ID = r.RES_ID"
                + " where r.RES_TYPE = ? and r.FHIR_ID = ?";
        return !database.queryForList(sql, type, id).isEmpty();
    }

    /** The internal key of a resource whose current version is {@code version}; empty when it has another. */
    public Optional<Long> keyOfCurrent(String type, String id, String version) {
        return database
                .queryForList(
                        "select RES_ID from HFJ_RESOURCE where RES_TYPE = ? and FHIR_ID = ? and RES_VER = ?",
                        Long.class,
                        type,
                        id,
                        Long.valueOf(version))
                .stream()
                .findFirst();
    }

    /** Id of the one patient that a stored resource is about; empty when it is about none, or several. */
    public Optional<String> patient(long key) {
        return database
                .queryForList(
                        "select PATIENT from IOP_RECORD where RES_ID = ? and PATIENT is not null", String.class, key)
                .stream()
                .findFirst();
    }

    /** HAPI's internal key of a resource that came from the database; empty when it did not. */
    public static Optional<Long> key(IBaseResource resource) {
        JpaPid key = resource instanceof IAnyResource any ? IDao.RESOURCE_PID.get(any) : null;
        return key == null ? Optional.empty() : Optional.ofNullable(key.getId());
    }

    /** Those of the guarded resources that whoever sent {@code request} may see. */
    public Set<Long> visible(Collection<Long> keys, @Nullable RequestDetails request) {
        Optional<Viewer> viewer = viewer(request);
        if (viewer.isEmpty() || keys.isEmpty()) {
            return new HashSet<>(keys);
        }
        Visible visible = Visible.to(viewer.get(), "r.RES_ID", null, clock.millis());
        List<Object> values = new ArrayList<>(keys);
        values.addAll(visible.values());
        String sql = "select r.RES_ID from IOP_RECORD r where r.RES_ID in (" + Visible.marks(keys) + ") and "
                + visible.text();
        return new HashSet<>(database.queryForList(sql, Long.class, values.toArray()));
    }

    /** Those of the guarded resources that somebody outside may see, and why. */
    public Map<Long, Basis> bases(Collection<Long> keys, Viewer.Outside outside) {
        return bases(keys, outside, clock.instant());
    }

    /** The same at another time, by the consents that there are now. */
    Map<Long, Basis> bases(Collection<Long> keys, Viewer.Outside outside, Instant at) {
        if (keys.isEmpty()) {
            return Map.of();
        }
        Visible statement = Visible.bases(outside, keys, at.toEpochMilli());
        Map<Long, Basis> bases = new HashMap<>();
        database.query(
                statement.text(),
                row -> {
                    bases.put(row.getLong("RES_ID"), basis(row, outside.emergencies()));
                },
                statement.values().toArray());
        addFollowers(bases, keys, outside, at);
        return bases;
    }

    private static Basis basis(ResultSet row, Set<String> emergencies) throws SQLException {
        String patient = row.getString("PATIENT");
        return new Basis(
                patient,
                row.getString("CONSENT"),
                row.getInt("FOR_TPO") > 0,
                row.getString("WRITER"),
                patient != null && emergencies.contains(patient));
    }

    /** Why somebody sees what tells of other records: because he sees all of those, and they are of one patient. */
    private void addFollowers(Map<Long, Basis> bases, Collection<Long> keys, Viewer.Outside outside, Instant at) {
        List<Long> rest = keys.stream().filter(key -> !bases.containsKey(key)).toList();
        if (rest.isEmpty()) {
            return;
        }
        Map<Long, List<Long>> targets = new HashMap<>();
        database.query(
                "select RES_ID, TARGET from IOP_TARGET where RES_ID in (" + Visible.marks(rest) + ")",
                row -> {
                    targets.computeIfAbsent(row.getLong(1), any -> new ArrayList<>())
                            .add(row.getLong(2));
                },
                rest.toArray());
        targets.forEach((key, all) -> {
            Map<Long, Basis> found = bases(all, outside, at);
            long patients =
                    found.values().stream().map(Basis::patient).distinct().count();
            if (found.keySet().containsAll(all) && patients == 1) {
                bases.put(
                        key,
                        found.values().stream()
                                .filter(basis -> basis.consent() != null)
                                .findFirst()
                                .orElseGet(() -> found.values().iterator().next()));
            }
        });
    }

    /** Whether a resource is seen by whoever sees the records that it tells of. */
    public boolean isFollower(long key) {
        return !database.queryForList("select 1 from IOP_TARGET where RES_ID = ?", key)
                .isEmpty();
    }

    /**
     * Why somebody outside sees a record.
     *
     * @param patient     id of the one patient it is about; {@code null}: of nobody, or of several
     * @param consent     id of the consent that opens it; {@code null}: none does
     * @param forTpo      whether that consent is for all future treatment, payment and health care operations
     * @param writer      the Organization outside that wrote it; {@code null}: the program did
     * @param inEmergency whether the patient's record was opened in an emergency
     */
    public record Basis(
            @Nullable String patient,
            @Nullable String consent,
            boolean forTpo,
            @Nullable String writer,
            boolean inEmergency) {}

    /**
     * The same as a condition within a search that HAPI builds.
     *
     * @param key  SQL of the internal key of a guarded resource
     * @param type of the resource; {@code null} where it may be any
     */
    Condition condition(Viewer viewer, String key, @Nullable String type, SearchQueryBuilder search) {
        Visible visible = Visible.to(viewer, key, type, clock.millis());
        StringBuilder text = new StringBuilder();
        int value = 0;
        for (char next : visible.text().toCharArray()) {
            if (next == '?') {
                String placeholder = search.generatePlaceholder(visible.values().get(value++));
                text.append('\'').append(placeholder).append('\'');
            } else {
                text.append(next);
            }
        }
        return new CustomCondition(text.toString());
    }

    /** The same as a part of a statement, with {@code key} where the internal key comes first of all. */
    Sql condition(Viewer viewer, String key) {
        Visible visible = Visible.to(viewer, key, null, clock.millis());
        return new Sql(visible.text(), visible.values());
    }

    /**
     * The same as a part of a statement.
     *
     * @param key  SQL of the internal key
     * @param type SQL of the resource type
     */
    public Sql condition(String key, String type, @Nullable RequestDetails request) {
        Optional<Viewer> viewer = viewer(request);
        if (viewer.isEmpty()) {
            return new Sql("1 = 1", List.of());
        }
        Visible visible = Visible.to(viewer.get(), key, null, clock.millis());
        List<Object> values = new ArrayList<>(shared);
        values.addAll(visible.values());
        return new Sql("(" + type + " in (" + Visible.marks(shared) + ") or " + visible.text() + ")", values);
    }

    /**
     * A condition.
     *
     * @param text   with a question mark for each value
     * @param values in their order
     */
    public record Sql(String text, List<Object> values) {
        public Sql {
            values = List.copyOf(values);
        }
    }
}
