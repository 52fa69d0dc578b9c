// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import javax.sql.DataSource;
import org.iopfhir.consent.PlainWorld.Asker;
import org.iopfhir.server.gate.CallerViewers;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.SeenBySql;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.RunningServer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/**
 * What the database shows, after random consents and records have come in by HTTP, against {@link PlainRules}. More of it
 * by {@code -Dtest.decisions=1000000}, and other ones by {@code -Dtest.seed=1}.
 */
class DecisionsApiTest {

    private static final int DECISIONS = Integer.getInteger("test.decisions", 150_000);
    private static final int PEOPLE = 80;
    private static final long SEED = Long.getLong("test.seed", 20260216);
    private static final Clock CLOCK = Clock.systemUTC();

    /** So that consents begin and end around now, and requests by HTTP meet them. */
    private static LocalDate begin;

    private static final List<String> PURPOSES =
            List.of("TREAT", "HPAYMT", "COVERAGE", "HOPERAT", "COC", "CAREMGT", "BTG", "HRESCH", "HMARKT", "HLEGAL");
    private static PlainWorld world;
    private static RunningServer server;

    @BeforeAll
    static void store() {
        begin = LocalDate.now(CLOCK).minusDays(3);
        world = new PlainWorld(SEED, begin, PEOPLE);
        server = RunningServer.start(StoredWorld.settings());
        StoredWorld.store(world, server);
        int consents = world.people().stream()
                .mapToInt(person -> person.consents().size())
                .sum();
        assertThat(consents).as("consents that are stored").isGreaterThan(PEOPLE);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    /** By which another run is the same. */
    private static String as() {
        return "-Dtest.seed=" + SEED + " around " + begin + ", ";
    }

    private record Caller(Asker asker, Viewer viewer, String purpose) {}

    @Test
    void theDatabaseShowsWhatThePlainRulesDo() {
        SeenBySql seen = new SeenBySql(server.own(DataSource.class), server.own(Disclosures.class));
        Set<String> all = names();
        int decided = 0;
        int permitted = 0;
        while (decided < DECISIONS) {
            for (Caller caller : callers()) {
                Instant at = world.moment();
                Set<String> expected = world.shown(caller.asker(), caller.purpose(), at);
                String as = as() + caller.asker() + " for " + caller.purpose() + " at " + at;
                assertSame(as + " is shown", expected, among(all, seen.shown(caller.viewer(), at)));
                assertSame(as + " is released", expected, among(all, seen.released(caller.viewer(), at)));
                decided += all.size();
                permitted += expected.size();
            }
        }
        assertThat(permitted).as("permitted of " + decided).isBetween(decided / 50, decided / 2);
    }

    private static List<Caller> callers() {
        CallerViewers viewers = server.own(CallerViewers.class);
        List<Caller> callers = new ArrayList<>();
        for (String purpose : PURPOSES) {
            for (String organization : List.of("hospital", "plan", "exchange")) {
                String name = "Organization/" + organization;
                Viewer viewer = viewers.recipient(name, purpose);
                callers.add(new Caller(new Asker(Set.of(name), organization), viewer, purpose));
                callers.add(new Caller(
                        new Asker(Set.of(name, "Practitioner/larkspur"), organization), withUser(viewer), purpose));
            }
            String user = "Practitioner/larkspur";
            callers.add(new Caller(new Asker(Set.of(user), null), viewers.recipient(user, purpose), purpose));
        }
        String sister = "RelatedPerson/sister";
        callers.add(new Caller(new Asker(Set.of(sister), null), viewers.recipient(sister, null), "PATRQT"));
        return callers;
    }

    private static Viewer withUser(Viewer viewer) {
        Viewer.Outside outside = viewer.asOutside().orElseThrow();
        Set<String> names = new TreeSet<>(outside.recipients());
        names.add("Practitioner/larkspur");
        return new Viewer(
                null,
                null,
                new Viewer.Outside(
                        names, outside.designations(), outside.organization(), outside.purposes(), Set.of()));
    }

    @Test
    void searchesShowWhatThePlainRulesDo() {
        int shown = 0;
        for (String organization : List.of("hospital", "plan", "exchange")) {
            for (String purpose : List.of("TREAT", "HPAYMT", "HMARKT")) {
                String name = "Organization/" + organization;
                Asker asker = new Asker(Set.of(name), organization);
                FhirClient caller = server.fhir().as(Callers.partner(name, purpose));
                Set<String> before;
                Set<String> found;
                Set<String> after;
                do {
                    before = world.shown(asker, purpose, CLOCK.instant());
                    found = search(caller);
                    after = world.shown(asker, purpose, CLOCK.instant());
                } while (!before.equals(after));
                assertSame(as() + name + " for " + purpose + " finds", before, found);
                shown += found.size();
            }
        }
        assertThat(shown).isGreaterThan(PEOPLE / 2);
    }

    private static Set<String> search(FhirClient caller) {
        Set<String> found = new HashSet<>();
        for (String type : List.of("Patient", "Observation", "CarePlan", "DocumentReference", "Consent")) {
            int size = 1;
            for (int offset = 0; size > 0; offset += size) {
                List<String> page = caller.get(type + "?_sort=_id&_count=50&_offset=" + offset)
                        .send()
                        .matches();
                size = page.size();
                found.addAll(page);
            }
        }
        return among(names(), found);
    }

    /** With each record that makes a difference, and the consents of its patient. */
    private static void assertSame(String as, Set<String> expected, Set<String> found) {
        Set<String> missing = new TreeSet<>(expected);
        missing.removeAll(found);
        Set<String> tooMuch = new TreeSet<>(found);
        tooMuch.removeAll(expected);
        assertThat(missing).as("%s too little; %s", as, world.about(missing)).isEmpty();
        assertThat(tooMuch).as("%s too much; %s", as, world.about(tooMuch)).isEmpty();
    }

    private static Set<String> names() {
        Set<String> names = new HashSet<>();
        world.people().forEach(person -> person.records().forEach(record -> names.add(record.name())));
        return names;
    }

    private static Set<String> among(Set<String> names, Set<String> found) {
        Set<String> among = new HashSet<>(found);
        among.retainAll(names);
        return among;
    }
}
