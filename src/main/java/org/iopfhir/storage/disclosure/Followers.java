// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BinaryOperator;
import org.springframework.jdbc.core.JdbcOperations;

/**
 * What tells of other records of one patient, such as their origin, and of nobody else: it is seen by whoever sees all of
 * those. What is labelled higher than they are together is not.
 */
final class Followers {

    /** The one type of them. */
    static final String TYPE = "Provenance";

    private static final String FIND = """
            select r.RES_ID, v.PATIENT, v.CONTENT, c.SAYS from HFJ_RESOURCE r
            left join IOP_RECORD v on v.RES_ID = r.RES_ID left join IOP_CONTENT c on c.ID = v.CONTENT
            where r.RES_TYPE = ? and r.FHIR_ID = ?""";

    private final JdbcOperations database;
    private final BinaryOperator<String> together;

    Followers(JdbcOperations database, BinaryOperator<String> together) {
        this.database = database;
        this.together = together;
    }

    /**
     * What a resource tells of.
     *
     * @param targets  references, such as {@code Observation/1}
     * @param patients ids of all whom it names besides
     */
    record Told(List<String> targets, Set<String> patients) {}

    private record Target(long key, String patient, String content) {}

    /** Note what {@code follower} follows, if it does. */
    void write(RecordFacts follower, Told told, Map<Long, DisclosureIndex.Written> written) {
        database.update("delete from IOP_TARGET where RES_ID = ?", follower.key());
        Map<Long, Target> targets = new LinkedHashMap<>();
        for (String reference : told.targets()) {
            Optional<Target> target = target(reference, written);
            if (target.isEmpty()) {
                return;
            }
            targets.put(target.get().key(), target.get());
        }
        if (isOfOnePatient(targets.values().stream().map(Target::patient).toList(), told)
                && !isHigher(
                        follower, targets.values().stream().map(Target::content).toList())) {
            targets.keySet()
                    .forEach(key -> database.update(
                            "insert into IOP_TARGET (RES_ID, TARGET) values (?, ?)", follower.key(), key));
        }
    }

    private static boolean isOfOnePatient(List<String> patients, Told told) {
        return patients.stream().distinct().count() == 1 && patients.containsAll(told.patients());
    }

    private boolean isHigher(RecordFacts follower, List<String> contents) {
        String all = contents.stream().reduce(together).orElseThrow();
        return !together.apply(all, follower.content()).equals(all);
    }

    /** Empty where it is of no one patient. */
    private Optional<Target> target(String reference, Map<Long, DisclosureIndex.Written> written) {
        int slash = reference.indexOf('/');
        return database
                .query(
                        FIND,
                        (row, index) -> {
                            DisclosureIndex.Written fresh = written.get(row.getLong("RES_ID"));
                            String patient = fresh == null
                                    ? row.getString("PATIENT")
                                    : fresh.facts().patient();
                            String content = fresh == null
                                    ? row.getString("SAYS")
                                    : fresh.facts().content();
                            return patient == null || content == null
                                    ? Optional.<Target>empty()
                                    : Optional.of(new Target(row.getLong("RES_ID"), patient, content));
                        },
                        reference.substring(0, slash),
                        reference.substring(slash + 1))
                .stream()
                .flatMap(Optional::stream)
                .findFirst();
    }
}
