// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.iopfhir.access.Decision.Permit;
import org.iopfhir.access.Decision.Portion;
import org.iopfhir.access.Decision.Refuse;
import org.jspecify.annotations.Nullable;

/**
 * The one place that decides what a caller may do: permitted is what a scope <em>and</em> a role grant, for the patients
 * that both reach.
 *
 * @param roles         what each role may do
 * @param inCompartment whether resources of a type can be in a patient's compartment; true for {@code Patient} itself
 * @param shared        types that are about no patient, such as {@code Practitioner}, which a caller who is bound to a
 *                      patient reaches whole
 */
public record AccessPolicy(RoleTable roles, Predicate<String> inCompartment, Set<String> shared) {

    public AccessPolicy {
        shared = Set.copyOf(shared);
    }

    /** Decide about resources of {@code type}. */
    public Decision decide(Caller caller, Interaction interaction, String type) {
        List<Portion> portions = new ArrayList<>();
        List<String> reasons = new ArrayList<>();
        for (Scope scope : caller.grant().scopes()) {
            for (Role role : caller.party().roles()) {
                if (scope.isFor(interaction, type) && roles.permits(role, interaction, type)) {
                    portion(caller, scope, role, type).ifPresent(portion -> {
                        portions.add(portion);
                        reasons.add(scope.text() + " as " + role.code());
                    });
                }
            }
        }
        return portions.isEmpty()
                ? new Refuse(whyNot(caller, interaction, type))
                : new Permit(portions.stream().distinct().toList(), String.join(", ", reasons));
    }

    private Optional<Portion> portion(Caller caller, Scope scope, Role role, String type) {
        boolean userTakesPart = caller.user() != null;
        if (userTakesPart == (scope.level() == Scope.Level.SYSTEM)) {
            return Optional.empty();
        }
        Set<String> patients = meet(ofScope(caller, scope), ofRole(caller, role));
        if (patients != null && shared.contains(type)) {
            patients = null;
        }
        boolean unreachable = patients != null && (patients.isEmpty() || !inCompartment.test(type));
        return unreachable ? Optional.empty() : Optional.of(new Portion(patients, scope.filter()));
    }

    private static @Nullable Set<String> ofScope(Caller caller, Scope scope) {
        return scope.level() == Scope.Level.PATIENT ? oneOrNone(caller.grant().patient()) : null;
    }

    private static @Nullable Set<String> ofRole(Caller caller, Role role) {
        return switch (role.reach()) {
            case ALL -> null;
            case OWN -> oneOrNone(caller.self());
            case AUTHORIZED -> caller.grant().patients();
        };
    }

    private static Set<String> oneOrNone(@Nullable String id) {
        return id == null ? Set.of() : Set.of(id);
    }

    /** {@code null} stands for everybody. */
    private static @Nullable Set<String> meet(@Nullable Set<String> some, @Nullable Set<String> others) {
        if (some == null || others == null) {
            return some == null ? others : some;
        }
        Set<String> both = new HashSet<>(some);
        both.retainAll(others);
        return both;
    }

    private String whyNot(Caller caller, Interaction interaction, String type) {
        String what = interaction.name().toLowerCase(Locale.ROOT) + " of " + type;
        if (caller.grant().scopes().stream().noneMatch(scope -> scope.isFor(interaction, type))) {
            return "no scope was granted for " + what;
        }
        if (caller.party().roles().stream().noneMatch(role -> roles.permits(role, interaction, type))) {
            return "no role of the caller is for " + what;
        }
        return "scope and role reach no common patient for " + what;
    }
}
