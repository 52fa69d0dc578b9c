// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The condition, in SQL, that a viewer may see the resource of an internal key. The one place that decides it, for
 * searches at each of their hops and for single resources alike.
 *
 * @param text   with a question mark for each value
 * @param values in their order
 */
record Visible(String text, List<Object> values) {

    private static final String RECORD = "exists (select 1 from IOP_RECORD v where v.RES_ID = :key and (:standings))";

    /** Of what tells of other records: whoever sees all of those. */
    private static final String FOLLOWER = """
            exists (select 1 from IOP_TARGET g where g.RES_ID = :key) and not exists (
                select 1 from IOP_TARGET g where g.RES_ID = :key and not exists (
                    select 1 from IOP_RECORD v where v.RES_ID = g.TARGET and (:standings)))""";

    /** HAPI wants every value bound. */
    private static final String THERE = "v.DELETED = ?";

    private static final String NEVER = "v.RES_ID is null";

    private static final String NO_NOTE = "v.AUTHOR is null";

    /**
     * A clause fits that is in force, for this recipient and purpose, and about such a record. A pair of terms and
     * content that is not known to pass does not, so that doubt hides.
     */
    private static final String CLAUSE = """
            select 1 from IOP_PERMIT p where p.PATIENT = v.PATIENT and p.DENIES = ?
            and p.CUSTODIAN in (v.CUSTODIAN, '*') and (:recipient) and p.PURPOSE in (:purposes)
            and p.VALID_FROM <= ? and p.VALID_UNTIL > ? and (:dated)
            and :passes (select 1 from IOP_PASS c where c.TERMS = p.TERMS and c.CONTENT = v.CONTENT)""";

    private static final String DATED = "p.DATED_FROM <= v.HAPPENED and p.DATED_UNTIL > v.HAPPENED";

    /** Each record once, with what the clauses about its patient that are in force come to. */
    private static final String CLAUSES = """
            select v.RES_ID, v.PATIENT, v.WRITER, v.AUTHOR,
                min(case when p.DENIES = ? and (:permits) and p.PURPOSE in (:purposes)
                    and :dated and c.TERMS is not null then p.CONSENT end) as CONSENT,
                max(case when p.DENIES = ? and p.RECIPIENT in (:names) and p.PURPOSE in (:restricted)
                    and (:dated or v.HAPPENED = ?) and c.TERMS is null then 1 else 0 end) as RESTRICTED
            from IOP_RECORD v
            left join IOP_PERMIT p on p.PATIENT = v.PATIENT and p.CUSTODIAN in (v.CUSTODIAN, '*')
                and p.VALID_FROM <= ? and p.VALID_UNTIL > ?
            left join IOP_PASS c on c.TERMS = p.TERMS and c.CONTENT = v.CONTENT
            where :records group by v.RES_ID, v.PATIENT, v.WRITER, v.AUTHOR""";

    private static final String NO_CLAUSES = "select v.RES_ID, v.PATIENT, v.WRITER, v.AUTHOR,"
            + " cast(null as varchar) as CONSENT, 1 as RESTRICTED from IOP_RECORD v where :records";

    /** A consent that a restriction overrules is the basis of nothing. */
    private static final String BASES = """
            select v.RES_ID, v.PATIENT, v.WRITER, case when v.RESTRICTED = 0 then v.CONSENT end as CONSENT,
                (select count(*) from IOP_PERMIT t where t.CONSENT = v.CONSENT and t.RECIPIENT = ?) as FOR_TPO
            from (:found) v where\s""";

    /** General designation of those who treat, pay and operate. */
    private static final String TPO = "tpo";

    private static final String TIE =
            "exists (select 1 from IOP_TIE t where t.PATIENT = v.PATIENT and t.ORGANIZATION = ?)";

    Visible {
        values = List.copyOf(values);
    }

    /**
     * Of what {@code viewer} may see.
     *
     * @param key    SQL of the internal key
     * @param type   of the resource; {@code null} where it may be any
     * @param millis now, since 1970
     */
    static Visible to(Viewer viewer, String key, @Nullable String type, long millis) {
        List<String> standings = new ArrayList<>();
        List<Object> values = new ArrayList<>();
        if (viewer.inside() != null) {
            standings.add(inside(viewer.inside(), values));
        }
        if (viewer.self() != null) {
            standings.add("v.PATIENT = ? and " + THERE + " and " + NO_NOTE);
            values.add(viewer.self());
            values.add(0);
        }
        viewer.asOutside().ifPresent(outside -> standings.add(outside(outside, millis, values)));
        String any = any(standings);
        String record = RECORD.replace(":key", key).replace(":standings", any);
        boolean mayFollow = type == null || type.equals(Followers.TYPE);
        if (!mayFollow || (!viewer.isBound() && viewer.seesAllPrograms())) {
            return new Visible(record, values);
        }
        String follower = FOLLOWER.replace(":key", key).replace(":standings", any);
        List<Object> twice = new ArrayList<>(values);
        twice.addAll(values);
        return new Visible("(" + record + " or (" + follower + "))", twice);
    }

    /**
     * The statement that tells which records of {@code keys} an outsider may see, whose each is, and the consent that
     * opens it. The same rules as those of {@link #to}, but in one pass over the clauses about each record's patient.
     */
    static Visible bases(Viewer.Outside outside, Collection<Long> keys, long millis) {
        List<Object> values = new ArrayList<>(List.of(TPO));
        boolean mayBeNamed =
                !outside.recipients().isEmpty() && !outside.purposes().isEmpty();
        String found = mayBeNamed ? clauses(outside, millis, values) : NO_CLAUSES;
        values.addAll(keys);
        values.add(0);
        List<String> ways = waysWithoutConsent(outside, values);
        ways.add("v.CONSENT is not null and v.RESTRICTED = 0");
        String records = "v.RES_ID in (" + marks(keys) + ") and " + THERE;
        return new Visible(BASES.replace(":found", found.replace(":records", records)) + any(ways), values);
    }

    /** Of each record the consent that permits, if any, and whether a restriction forbids. */
    private static String clauses(Viewer.Outside outside, long millis, List<Object> values) {
        String permits = permits(outside, values);
        values.addAll(outside.purposes());
        Set<String> names = named(outside);
        Set<String> purposes = restrictedPurposes(outside);
        values.add(1);
        values.addAll(names);
        values.addAll(purposes);
        values.add(RecordFacts.UNDATED);
        values.add(millis);
        values.add(millis);
        return CLAUSES.replace(":permits", permits)
                .replace(":purposes", marks(outside.purposes()))
                .replace(":names", marks(names))
                .replace(":restricted", marks(purposes))
                .replace(":dated", DATED);
    }

    private static String inside(Viewer.Inside inside, List<Object> values) {
        String note = NO_NOTE;
        if (!inside.notes().isEmpty()) {
            note = "(" + NO_NOTE + " or v.AUTHOR in (" + marks(inside.notes()) + "))";
            values.addAll(inside.notes());
        }
        if (inside.programs().isEmpty()) {
            return note;
        }
        values.addAll(inside.programs());
        return note + " and v.CUSTODIAN in (" + marks(inside.programs()) + ")";
    }

    private static String outside(Viewer.Outside outside, long millis, List<Object> values) {
        values.add(0);
        List<String> ways = waysWithoutConsent(outside, values);
        if (!outside.recipients().isEmpty() && !outside.purposes().isEmpty()) {
            ways.add("exists (" + permit(outside, millis, values) + ") and not exists ("
                    + restriction(outside, millis, values) + ")");
        }
        return THERE + " and (" + any(ways) + ")";
    }

    private static List<String> waysWithoutConsent(Viewer.Outside outside, List<Object> values) {
        List<String> ways = new ArrayList<>();
        if (outside.organization() != null) {
            ways.add("v.WRITER = ?");
            values.add("Organization/" + outside.organization());
        }
        if (!outside.emergencies().isEmpty()) {
            ways.add(NO_NOTE + " and v.PATIENT in (" + marks(outside.emergencies()) + ")");
            values.addAll(outside.emergencies());
        }
        return ways;
    }

    private static String any(List<String> ways) {
        return ways.isEmpty() ? NEVER : "(" + String.join(") or (", ways) + ")";
    }

    private static String permit(Viewer.Outside outside, long millis, List<Object> values) {
        return clause(permits(outside, values), outside.purposes(), millis, values)
                .replace(":dated", DATED)
                .replace(":passes", "exists");
    }

    /** Whom a permit means, for values that begin with whether it denies. */
    private static String permits(Viewer.Outside outside, List<Object> values) {
        String recipient = "p.RECIPIENT in (" + marks(outside.recipients()) + ")";
        values.add(0);
        values.addAll(outside.recipients());
        if (outside.organization() != null && !outside.designations().isEmpty()) {
            recipient += " or p.RECIPIENT in (" + marks(outside.designations()) + ") and " + TIE;
            values.addAll(outside.designations());
            values.add(outside.organization());
        }
        return recipient;
    }

    /** Whom a restriction may mean, it does. */
    private static Set<String> named(Viewer.Outside outside) {
        Set<String> names = new TreeSet<>(outside.recipients());
        names.addAll(outside.designations());
        names.add(Permit.ANY);
        return names;
    }

    private static Set<String> restrictedPurposes(Viewer.Outside outside) {
        Set<String> purposes = new TreeSet<>(outside.purposes());
        purposes.add(Permit.ANY);
        return purposes;
    }

    private static String restriction(Viewer.Outside outside, long millis, List<Object> values) {
        Set<String> names = named(outside);
        Set<String> purposes = restrictedPurposes(outside);
        String recipient = "p.RECIPIENT in (" + marks(names) + ")";
        values.add(1);
        values.addAll(names);
        String clause = clause(recipient, purposes, millis, values);
        values.add(RecordFacts.UNDATED);
        return clause.replace(":dated", DATED + " or v.HAPPENED = ?").replace(":passes", "not exists");
    }

    private static String clause(String recipient, Set<String> purposes, long millis, List<Object> values) {
        values.addAll(purposes);
        values.add(millis);
        values.add(millis);
        return CLAUSE.replace(":recipient", recipient).replace(":purposes", marks(purposes));
    }

    static String marks(Collection<?> values) {
        return String.join(", ", Collections.nCopies(values.size(), "?"));
    }
}
