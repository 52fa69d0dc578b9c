// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
import java.util.Set;
import org.iopfhir.access.Caller.Grant;
import org.iopfhir.access.Caller.Party;
import org.iopfhir.access.Decision.Permit;
import org.iopfhir.access.Decision.Portion;
import org.iopfhir.access.Decision.Refuse;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a scope and a role permit together. */
class AccessPolicyTest {

    private static final Portion ALL = new Portion(null, Map.of());

    private final AccessPolicy policy = new AccessPolicy(
            RoleTable.shipped(), Set.of("Patient", "CarePlan", "Observation")::contains, Set.of("Practitioner"));

    @Test
    void permitsWhatScopeAndRoleBothGrant() {
        Caller counselor = user("Practitioner/1", "user/*.rs", Role.COUNSELOR);

        assertThat(portions(counselor, Interaction.READ, "CarePlan")).containsExactly(ALL);
        assertThat(refused(counselor, Interaction.UPDATE, "CarePlan")).contains("no scope");
        assertThat(refused(counselor, Interaction.READ, "AuditEvent")).contains("no role");
    }

    @Test
    void bindsAPatientScopeToThePatientInContext() {
        Caller counselor = user("Practitioner/1", "patient/*.rs", Role.COUNSELOR, "p", Set.of());

        assertThat(portions(counselor, Interaction.SEARCH, "CarePlan"))
                .containsExactly(new Portion(Set.of("p"), Map.of()));
        assertThat(portions(counselor, Interaction.SEARCH, "Practitioner")).containsExactly(ALL);
        assertThat(refused(counselor, Interaction.SEARCH, "Bundle")).contains("no common patient");
    }

    @Test
    void bindsAPatientToHimselfWhateverTheScope() {
        Caller patient = user("Patient/p", "user/*.rs", Role.PATIENT);

        assertThat(portions(patient, Interaction.READ, "CarePlan")).containsExactly(new Portion(Set.of("p"), Map.of()));
        assertThat(refused(patient, Interaction.READ, "Bundle")).isNotEmpty();
    }

    @Test
    void reachesNobodyWhenAPatientIsLaunchedUponAnother() {
        Caller patient = user("Patient/p", "patient/*.rs", Role.PATIENT, "q", Set.of());

        assertThat(refused(patient, Interaction.READ, "CarePlan")).contains("no common patient");
    }

    @Test
    void bindsAFamilyMemberToThoseWhoAuthorizedHim() {
        Caller mother = user("RelatedPerson/m", "user/*.rs", Role.FAMILY_MEMBER, null, Set.of("p"));

        assertThat(portions(mother, Interaction.READ, "CarePlan")).containsExactly(new Portion(Set.of("p"), Map.of()));
        assertThat(refused(mother, Interaction.READ, "Observation")).contains("no role");
        assertThat(refused(user("RelatedPerson/m", "user/*.rs", Role.FAMILY_MEMBER), Interaction.READ, "CarePlan"))
                .contains("no common patient");
    }

    @Test
    void takesASystemScopeOnlyWithoutAUserAndAUserScopeOnlyWithOne() {
        assertThat(portions(system("system/*.rs"), Interaction.READ, "CarePlan"))
                .containsExactly(ALL);
        assertThat(refused(system("user/*.rs"), Interaction.READ, "CarePlan")).isNotEmpty();
        assertThat(refused(user("Practitioner/1", "system/*.rs", Role.COUNSELOR), Interaction.READ, "CarePlan"))
                .isNotEmpty();
    }

    @Test
    void keepsTheFiltersOfGranularScopesApart() {
        Caller system = system("system/Observation.rs?category=laboratory system/Observation.rs?category=survey");

        assertThat(portions(system, Interaction.SEARCH, "Observation"))
                .containsExactlyInAnyOrder(
                        new Portion(null, Map.of("category", List.of("laboratory"))),
                        new Portion(null, Map.of("category", List.of("survey"))));
    }

    @Test
    void refusesWhoeverHasNoRole() {
        assertThat(refused(user("Practitioner/1", "user/*.cruds"), Interaction.READ, "Practitioner"))
                .contains("no role");
    }

    @Test
    void nobodyChangesOrDeletesAnAuditEvent() {
        for (Role role : Role.values()) {
            assertThat(RoleTable.shipped().permits(role, Interaction.UPDATE, "AuditEvent"))
                    .isFalse();
            assertThat(RoleTable.shipped().permits(role, Interaction.DELETE, "AuditEvent"))
                    .isFalse();
        }
    }

    @Test
    void aTableThatCannotBeReadSaysWhere() {
        assertThatThrownBy(() -> RoleTable.read("janitor rs Patient")).hasMessageContaining("janitor rs Patient");
        assertThatThrownBy(() -> RoleTable.read("counselor sr Patient")).hasMessageContaining("counselor sr Patient");
        assertThatThrownBy(() -> RoleTable.read("counselor rs @none")).hasMessageContaining("@none");
    }

    private List<Portion> portions(Caller caller, Interaction interaction, String type) {
        return ((Permit) policy.decide(caller, interaction, type)).portions();
    }

    private String refused(Caller caller, Interaction interaction, String type) {
        return ((Refuse) policy.decide(caller, interaction, type)).reason();
    }

    private static Caller user(String user, String scopes, Role... roles) {
        return new Caller(
                new Party("u", "app", user, Set.of(roles)),
                new Grant(Scope.parseAll(scopes), null, Set.of(), null),
                "t");
    }

    private static Caller user(String user, String scopes, Role role, @Nullable String patient, Set<String> patients) {
        return new Caller(
                new Party("u", "app", user, Set.of(role)),
                new Grant(Scope.parseAll(scopes), patient, patients, null),
                "t");
    }

    private static Caller system(String scopes) {
        return new Caller(
                new Party("ehr", "ehr", null, Set.of(Role.PROGRAM_SYSTEM)),
                new Grant(Scope.parseAll(scopes), null, Set.of(), null),
                "t");
    }
}
