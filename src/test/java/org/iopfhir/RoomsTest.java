// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.Dependency;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchRule;
import java.time.Clock;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/** Holds the walls between the rooms: who may use whom, and which room alone knows which technology. */
class RoomsTest {

    private static final String HOUSE = "org.iopfhir";

    /** Raise this as the code grows: a guard that inspects nothing is green too. */
    private static final int CLASSES_AT_LEAST = 1;

    /** The front door: the classes directly in the package root. */
    private static final String FRONT_DOOR = "";

    /** The one room that knows every other, because it wires them. */
    private static final String WIRING = "server";

    /** Room to the rooms it may use. A room that is missing here does not exist; adding one is a decision. */
    private static final Map<String, Set<String>> MAY_USE = Map.ofEntries(
            Map.entry(FRONT_DOOR, Set.of(WIRING)),
            Map.entry("outcome", Set.of()),
            Map.entry("seal", Set.of()),
            Map.entry("storage", Set.of("outcome", "seal")),
            Map.entry("conformance", Set.of("outcome")),
            Map.entry("access", Set.of("outcome")),
            Map.entry("smart", Set.of("access", "seal")),
            Map.entry("consent", Set.of("access", "outcome")),
            Map.entry("audit", Set.of("access", "storage")),
            Map.entry("program", Set.of("outcome")),
            Map.entry("scheduling", Set.of("outcome")),
            Map.entry("attendance", Set.of("outcome")),
            Map.entry("transition", Set.of("outcome")),
            Map.entry("sandbox", Set.of("outcome")),
            Map.entry("portal", Set.of()));

    private static final JavaClasses MAIN = new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages(HOUSE);

    @Test
    void seesTheWholeHouse() {
        assertThat(MAIN.size()).isGreaterThanOrEqualTo(CLASSES_AT_LEAST);
    }

    @Test
    void everyPackageIsARoomOfTheTable() {
        List<String> unknown = MAIN.stream()
                .map(RoomsTest::room)
                .filter(room -> !room.equals(WIRING) && !MAY_USE.containsKey(room))
                .distinct()
                .toList();

        assertThat(unknown).isEmpty();
    }

    @Test
    void aRoomUsesOnlyTheRoomsItMay() {
        List<String> trespasses = MAIN.stream()
                .filter(type -> !room(type).equals(WIRING))
                .flatMap(type -> type.getDirectDependenciesFromSelf().stream())
                .filter(RoomsTest::leavesItsRoom)
                .filter(RoomsTest::isNotAllowed)
                .map(Dependency::getDescription)
                .sorted()
                .toList();

        assertThat(trespasses).isEmpty();
    }

    @Test
    void roomsFormNoCycle() {
        check(slices().matching(HOUSE + ".(*)..").should().beFreeOfCycles());
    }

    @Test
    void onlyTheRoomsThatSpeakHttpKnowJettyAndServlets() {
        check(noClasses()
                .that()
                .resideOutsideOfPackages(rooms("server", "smart", "portal"))
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage("org.eclipse.jetty..", "jakarta.servlet.."));
    }

    @Test
    void onlyStorageKnowsTheDatabase() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(rooms("storage")[0])
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        "ca.uhn.fhir.jpa..",
                        "org.hibernate..",
                        "jakarta.persistence..",
                        "java.sql..",
                        "javax.sql..",
                        "com.zaxxer.hikari..",
                        "org.h2..",
                        "org.postgresql..",
                        "org.springframework.jdbc..",
                        "org.springframework.orm.."));
    }

    @Test
    void theDatabaseBeneathKnowsNothingOfWhatItHolds() {
        check(noClasses()
                .that()
                .resideInAPackage(HOUSE + ".storage.database")
                .should()
                .dependOnClassesThat()
                .resideInAnyPackage(
                        HOUSE + ".storage",
                        HOUSE + ".storage.search",
                        HOUSE + ".storage.journal",
                        HOUSE + ".storage.disclosure"));
    }

    @Test
    void nobodyReadsTheEnvironment() {
        check(noClasses().should().callMethodWhere(calls(System.class, "getenv")));
    }

    @Test
    void onlyAClockTellsTime() {
        check(noClasses().should().callCodeUnitWhere(readsTheMachinesClock()));
    }

    @Test
    void onlyTheWiringMakesTheClock() {
        check(noClasses()
                .that()
                .resideOutsideOfPackage(rooms(WIRING)[0])
                .should()
                .callMethodWhere(DescribedPredicate.describe(
                        "takes the system's clock",
                        call -> call.getTargetOwner().isEquivalentTo(Clock.class)
                                && (call.getName().startsWith("system")
                                        || call.getName().startsWith("tick")))));
    }

    @Test
    void everyPackageIsNullMarked() {
        List<String> unmarked = MAIN.stream()
                .map(JavaClass::getPackage)
                .distinct()
                .filter(room -> !room.isAnnotatedWith(NullMarked.class))
                .map(room -> room.getName())
                .toList();

        assertThat(unmarked).isEmpty();
    }

    /** A rule about a room that has not been built yet has nothing to look at, and that is no failure. */
    private static void check(ArchRule rule) {
        rule.allowEmptyShould(true).check(MAIN);
    }

    private static String[] rooms(String... names) {
        return List.of(names).stream().map(name -> HOUSE + "." + name + "..").toArray(String[]::new);
    }

    private static boolean leavesItsRoom(Dependency dependency) {
        JavaClass target = dependency.getTargetClass().getBaseComponentType();
        return isOurs(target) && !room(target).equals(room(dependency.getOriginClass()));
    }

    private static boolean isNotAllowed(Dependency dependency) {
        Set<String> allowed = MAY_USE.getOrDefault(room(dependency.getOriginClass()), Set.of());
        return !allowed.contains(room(dependency.getTargetClass().getBaseComponentType()));
    }

    private static boolean isOurs(JavaClass type) {
        return type.getPackageName().equals(HOUSE) || type.getPackageName().startsWith(HOUSE + ".");
    }

    private static String room(JavaClass type) {
        String below = type.getPackageName().substring(HOUSE.length());
        return below.isEmpty() ? FRONT_DOOR : below.substring(1).replaceFirst("\\..*", "");
    }

    private static DescribedPredicate<JavaCall<?>> calls(Class<?> owner, String method) {
        return DescribedPredicate.describe(
                "calls " + owner.getSimpleName() + "." + method,
                call -> call.getTargetOwner().isEquivalentTo(owner)
                        && call.getName().equals(method));
    }

    /** Duration by System.nanoTime() is no time of day and stays allowed. */
    private static DescribedPredicate<JavaCall<?>> readsTheMachinesClock() {
        return DescribedPredicate.describe(
                "reads the machine's clock",
                call -> isNowWithoutClock(call)
                        || calls(System.class, "currentTimeMillis").test(call)
                        || isBareDate(call));
    }

    private static boolean isNowWithoutClock(JavaCall<?> call) {
        return call.getTargetOwner().getPackageName().startsWith("java.time")
                && call.getName().equals("now")
                && call.getTarget().getRawParameterTypes().stream().noneMatch(type -> type.isEquivalentTo(Clock.class));
    }

    private static boolean isBareDate(JavaCall<?> call) {
        return call.getTargetOwner().isEquivalentTo(Date.class)
                && call.getTarget().getRawParameterTypes().isEmpty()
                && call.getName().equals("<init>");
    }
}
