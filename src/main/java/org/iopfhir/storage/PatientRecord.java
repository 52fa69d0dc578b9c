// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.iopfhir.storage.disclosure.Disclosures;
import org.jspecify.annotations.Nullable;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * Finds, in one query over the link table, which resources make up the record of one patient: his compartment, the
 * tasks for him, what is said of the origin of all that, and from there two steps to the people, places and things that
 * it names.
 *
 * <p>Only what may be shown leads on: staff who are named by nothing else would tell of what names them.
 *
 * <p>The way only leads out of the compartment, never back: a group session is reached from the patient's own
 * encounter, and nothing is reached from the session but its staff and room. What belongs to another patient is left
 * out, however it was reached.
 */
final class PatientRecord {

    /** Types that the record may name and that are no one's own. */
    private static final Set<String> NAMED = Set.of(
            "Practitioner",
            "PractitionerRole",
            "Organization",
            "Location",
            "HealthcareService",
            "Medication",
            "Device");

    /** A roster names the peers, and an audit event whoever else was looked at; neither is part of one's record. */
    private static final Set<String> NOT_OF_THE_RECORD = Set.of("Patient", "Group", "AuditEvent");

    /** R4 leaves tasks out of the compartment; a referral that is answered by one is part of the record all the same. */
    private static final String TASK = "Task.for";

    private static final String QUERY = """
            with own(id) as (
                select distinct l.SRC_RESOURCE_ID from HFJ_RES_LINK l
                where l.TARGET_RESOURCE_ID = ? and l.SRC_PATH in (:paths)
            ), origin(id) as (
                select distinct l.SRC_RESOURCE_ID from HFJ_RES_LINK l join own on l.TARGET_RESOURCE_ID = own.id
                where l.SRC_PATH = 'Provenance.target' and not exists (
                    select 1 from HFJ_RES_LINK o where o.SRC_RESOURCE_ID = l.SRC_RESOURCE_ID
                    and o.SRC_PATH = 'Provenance.target' and not exists (
                        select 1 from own also where also.id = o.TARGET_RESOURCE_ID))
            ), member(id) as (
                select id from own union select id from origin
            ), shown(id) as (
                select r.RES_ID from HFJ_RESOURCE r join member m on r.RES_ID = m.id
                where r.RES_DELETED_AT is null and :visible
            ), named(id) as (
                select distinct l.TARGET_RESOURCE_ID from HFJ_RES_LINK l join shown m on l.SRC_RESOURCE_ID = m.id
                where l.TARGET_RESOURCE_TYPE in (:named) or l.SRC_PATH = 'Encounter.partOf'
            ), shown_again(id) as (
                select r.RES_ID from HFJ_RESOURCE r join named n on r.RES_ID = n.id
                where r.RES_DELETED_AT is null and :visible
            ), named_again(id) as (
                select distinct l.TARGET_RESOURCE_ID from HFJ_RES_LINK l join shown_again n on l.SRC_RESOURCE_ID = n.id
                where l.TARGET_RESOURCE_TYPE in (:named)
            ), reached(id) as (
                select id from named union select id from named_again
            ), whole(id) as (
                select r.RES_ID from HFJ_RESOURCE r where r.RES_ID = ?
                union select id from shown
                union select id from reached where not exists (
                    select 1 from HFJ_RES_LINK o where o.SRC_RESOURCE_ID = reached.id
                    and o.TARGET_RESOURCE_TYPE = 'Patient' and o.TARGET_RESOURCE_ID <> ?)
            )
            select r.RES_ID from HFJ_RESOURCE r join whole w on r.RES_ID = w.id
            where r.RES_DELETED_AT is null :filter
            order by r.RES_ID
            """;

    private final JdbcOperations database;
    private final Disclosures disclosures;
    private final List<String> paths;

    PatientRecord(FhirContext fhir, JdbcOperations database, Disclosures disclosures) {
        this.database = database;
        this.disclosures = disclosures;
        this.paths = Stream.concat(
                        Stream.of(TASK),
                        ServedTypes.names().stream()
                                .filter(type -> !NOT_OF_THE_RECORD.contains(type))
                                .flatMap(type -> PatientCompartment.paths(fhir, type).stream()))
                .distinct()
                .toList();
    }

    /**
     * Internal keys of one page of the record, in a definite order.
     *
     * @param patient internal key of the patient
     * @param types   only these types; all when empty
     * @param since   only what has changed at or after it; all when {@code null}
     * @param offset  how many to leave out
     * @param count   how many at most
     * @param request of whoever is to see it: nothing else counts
     */
    List<Long> page(
            long patient, Set<String> types, @Nullable Instant since, int offset, int count, RequestDetails request) {
        StringBuilder filter = new StringBuilder();
        List<Object> values = new ArrayList<>();
        values.add(patient);
        values.addAll(paths);
        Disclosures.Sql visible = disclosures.condition("r.RES_ID", "r.RES_TYPE", request);
        values.addAll(visible.values());
        values.addAll(NAMED);
        values.addAll(visible.values());
        values.addAll(NAMED);
        values.add(patient);
        values.add(patient);
        if (!types.isEmpty()) {
            filter.append("and r.RES_TYPE in (").append(marks(types.size())).append(")");
            values.addAll(types);
        }
        if (since != null) {
            filter.append(" and r.RES_UPDATED >= ?");
            values.add(java.sql.Timestamp.from(since));
        }
        filter.append(" and ").append(visible.text());
        values.addAll(visible.values());
        String sql = QUERY.replace(":paths", marks(paths.size()))
                        .replace(":named", marks(NAMED.size()))
                        .replace(":filter", filter)
                        .replace(":visible", visible.text())
                + " limit " + count + " offset " + offset;
        return database.queryForList(sql, Long.class, values.toArray());
    }

    private static String marks(int count) {
        return Collections.nCopies(count, "?").stream().collect(Collectors.joining(","));
    }
}
