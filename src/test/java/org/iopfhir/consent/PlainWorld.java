// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Patients by chance, their consents and their records, and which of the records {@link PlainRules} show to whom. */
final class PlainWorld {
    static final List<String> PROGRAMS = List.of("clearwater", "stillwater");
    private static final List<String> TREATING = List.of("hospital", "plan", "exchange");
    private static final int RECORDS = 6;
    private static final int UNDATED_PERCENT = 15;

    private final List<Person> people = new ArrayList<>();
    private final Scenarios scenarios;
    private final Random random;

    PlainWorld(long seed, LocalDate begin, int size) {
        scenarios = new Scenarios(seed, begin);
        random = new Random(seed);
        for (int number = 0; number < size; number++) {
            people.add(person("world-" + number));
        }
    }

    /** @param tied ids of the Organizations that treat him or pay for him */
    record Person(String id, Set<String> tied, List<Held> consents, List<Kept> records) {

        /** A consent that is not there after all. */
        void forget(Held held) {
            consents.remove(held);
            records.removeIf(record -> record.name().equals("Consent/" + held.id()));
        }
    }

    /** @param program that it names, if it names any */
    record Held(String id, PlainConsent plain, String program) {}

    /**
     * A record as it is stored.
     *
     * @param name    {@code Type/id}
     * @param brought labels that it came with
     * @param program that keeps it
     */
    record Kept(
            String name,
            String type,
            Set<String> brought,
            @Nullable Instant happened,
            String program) {

        /** As {@code part2.md} says how everything is labelled. */
        Set<String> labels() {
            Set<String> labels = new TreeSet<>(brought);
            labels.removeAll(Set.of("N", "R"));
            labels.addAll(Set.of("SUD", "42CFRPart2", "PERSISTLABEL"));
            if (!labels.contains("V")) {
                labels.add("R");
            }
            return labels;
        }
    }

    /**
     * Somebody outside.
     *
     * @param names        of his own
     * @param organization id of the Organization for which he asks; {@code null}: for none
     */
    record Asker(Set<String> names, @Nullable String organization) {

        /** What whoever treats a patient, or pays for him, is called in general. */
        private Set<String> general() {
            if (organization == null) {
                return Set.of();
            }
            return organization.equals("exchange") ? Set.of("tpo") : Set.of("tpo", "via:Organization/exchange");
        }
    }

    List<Person> people() {
        return people;
    }

    Instant moment() {
        return scenarios.request().at();
    }

    /** Names of the records that may be disclosed. */
    Set<String> shown(Asker asker, String purpose, Instant at) {
        Set<String> shown = new HashSet<>();
        for (Person person : people) {
            for (Kept record : person.records()) {
                if (isShown(person, record, asker, purpose, at)) {
                    shown.add(record.name());
                }
            }
        }
        return shown;
    }

    /** The first of some records, and the consents of its patient. */
    String about(Set<String> records) {
        for (Person person : people) {
            for (Kept record : person.records()) {
                if (records.contains(record.name())) {
                    return record + " of " + person.tied() + " " + person.consents();
                }
            }
        }
        return "";
    }

    private static boolean isShown(Person person, Kept record, Asker asker, String purpose, Instant at) {
        boolean isTied = asker.organization() != null && person.tied().contains(asker.organization());
        Set<String> known = Stream.concat(asker.names().stream(), isTied ? asker.general().stream() : Stream.empty())
                .collect(Collectors.toSet());
        PlainRequest request = new PlainRequest(
                known, asker.general(), purpose, at, record.type(), record.labels(), record.happened());
        List<PlainConsent> consents = person.consents().stream()
                .filter(held -> PlainRules.isOf(held.plain(), held.program(), record.program()))
                .map(Held::plain)
                .toList();
        return PlainRules.mayDisclose(consents, request);
    }

    private Person person(String id) {
        Set<String> tied = TREATING.stream().filter(any -> random.nextBoolean()).collect(Collectors.toSet());
        List<Held> consents = new ArrayList<>();
        List<PlainConsent> written = new ArrayList<>(scenarios.next().plain());
        written.addAll(scenarios.next().plain());
        for (PlainConsent plain : written) {
            String program = PROGRAMS.get(random.nextInt(5) / 4);
            consents.add(new Held(id + "-consent-" + consents.size(), plain, program));
        }
        List<Kept> records = new ArrayList<>();
        records.add(new Kept("Patient/" + id, "Patient", Set.of(), null, PROGRAMS.get(0)));
        for (int number = 0; number < RECORDS; number++) {
            PlainRequest about = scenarios.request();
            boolean isUndated = random.nextInt(100) < UNDATED_PERCENT;
            // Only of these does a record name its keeper; the first program keeps all that names none.
            String program =
                    about.type().equals("DocumentReference") ? PROGRAMS.get(random.nextInt(2)) : PROGRAMS.get(0);
            records.add(new Kept(
                    about.type() + "/" + id + "-" + number,
                    about.type(),
                    about.labels(),
                    isUndated ? null : about.happened(),
                    program));
        }
        consents.forEach(held -> records.add(itself(held)));
        return new Person(id, tied, consents, records);
    }

    /** A consent is a record too; a code in it is one of opioids, by which it is labelled. */
    private static Kept itself(Held held) {
        PlainConsent.Paper paper = held.plain().paper();
        Instant signed = paper.lacks().contains("date")
                ? null
                : paper.signed().atStartOfDay(ZoneOffset.UTC).toInstant();
        String program = paper.lacks().contains("program") ? PROGRAMS.get(0) : held.program();
        boolean hasCode =
                held.plain().rule().byCode() || held.plain().inner().stream().anyMatch(PlainConsent.Rule::byCode);
        Set<String> labels = hasCode ? Set.of("OPIOIDUD") : Set.of();
        return new Kept("Consent/" + held.id(), "Consent", labels, signed, program);
    }
}
