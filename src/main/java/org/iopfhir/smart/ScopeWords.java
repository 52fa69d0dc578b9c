// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.iopfhir.access.Interaction;
import org.iopfhir.access.Scope;

/** Says in plain words what a scope lets an app do. */
final class ScopeWords {

    private static final Map<String, String> THINGS = Map.ofEntries(
            Map.entry("*", "everything in the record"),
            Map.entry("Patient", "name, birth date and contact data"),
            Map.entry("Condition", "diagnoses and health concerns"),
            Map.entry("Observation", "findings, such as results, vital signs and answers to scales"),
            Map.entry("MedicationRequest", "prescribed medication"),
            Map.entry("AllergyIntolerance", "allergies"),
            Map.entry("CarePlan", "treatment plans"),
            Map.entry("Goal", "goals"),
            Map.entry("Appointment", "appointments"),
            Map.entry("Encounter", "sessions and visits"),
            Map.entry("EpisodeOfCare", "courses of treatment"),
            Map.entry("DocumentReference", "documents"),
            Map.entry("Consent", "consents"),
            Map.entry("Coverage", "insurance"),
            Map.entry("Practitioner", "staff"),
            Map.entry("QuestionnaireResponse", "filled-in questionnaires"));

    private static final Map<String, String> OTHERS = Map.of(
            "openid", "Know who you are",
            "fhirUser", "Read your own entry, with your name",
            "profile", "Read your own entry, with your name",
            "launch/patient", "Be opened upon one patient",
            "launch/encounter", "Be opened upon one session",
            "launch", "Be opened upon what is open in the EHR",
            "offline_access", "Stay connected when you are away, until you end it",
            "online_access", "Stay connected for the rest of the day");

    private ScopeWords() {}

    /** A kind of entry that can be shared alone: the search parameter as SMART writes it, and how people call it. */
    record Part(String filter, String words) {}

    private static final String CONDITION = "http://terminology.hl7.org/CodeSystem/condition-category|";
    private static final String OBSERVATION = "http://terminology.hl7.org/CodeSystem/observation-category|";
    private static final String US_CORE = "http://hl7.org/fhir/us/core/CodeSystem/";

    private static final Map<String, List<Part>> PARTS = Map.of(
            "Condition",
            List.of(
                    new Part(CONDITION + "problem-list-item", "the problem list"),
                    new Part(CONDITION + "encounter-diagnosis", "diagnoses made in a visit"),
                    new Part(US_CORE + "condition-category|health-concern", "health concerns")),
            "Observation",
            List.of(
                    new Part(OBSERVATION + "laboratory", "laboratory results"),
                    new Part(OBSERVATION + "social-history", "social history"),
                    new Part(OBSERVATION + "vital-signs", "vital signs"),
                    new Part(OBSERVATION + "survey", "answers to scales and questionnaires"),
                    new Part(US_CORE + "us-core-category|sdoh", "living conditions")));

    static String of(String text) {
        return Scope.parse(text)
                .map(ScopeWords::of)
                .orElseGet(() -> Objects.requireNonNullElse(OTHERS.get(text), text));
    }

    private static String of(Scope scope) {
        String thing = Objects.requireNonNullElse(
                THINGS.get(scope.type()),
                scope.type().replaceAll("(?<=[a-z])([A-Z])", " $1").toLowerCase(Locale.ROOT));
        String whose = switch (scope.level()) {
            case PATIENT -> "of the patient";
            case USER -> "of everybody whom you may see";
            case SYSTEM -> "of everybody";
        };
        String only = scope.filter().isEmpty() ? "" : " (only where " + filter(scope) + ")";
        return verbs(scope.interactions()) + ": " + thing + ", " + whose + only;
    }

    private static String filter(Scope scope) {
        List<String> parts = new ArrayList<>();
        scope.filter().forEach((name, values) -> parts.add(name + " is " + String.join(" and ", values)));
        return String.join(", ", parts);
    }

    private static String verbs(Set<Interaction> interactions) {
        List<String> verbs = new ArrayList<>();
        if (interactions.contains(Interaction.READ) || interactions.contains(Interaction.SEARCH)) {
            verbs.add("see");
        }
        if (interactions.contains(Interaction.CREATE)) {
            verbs.add("add");
        }
        if (interactions.contains(Interaction.UPDATE)) {
            verbs.add("change");
        }
        if (interactions.contains(Interaction.DELETE)) {
            verbs.add("delete");
        }
        String all = String.join(", ", verbs);
        return all.substring(0, 1).toUpperCase(Locale.ROOT) + all.substring(1);
    }

    /** Scopes that a user may grant in place of one, by the words for each; empty when it cannot be divided. */
    static Map<String, String> parts(String text) {
        Map<String, String> parts = new LinkedHashMap<>();
        Scope.parse(text)
                .filter(scope -> scope.filter().isEmpty())
                .ifPresent(scope -> PARTS.getOrDefault(scope.type(), List.of())
                        .forEach(part -> parts.put(
                                new Scope(
                                                scope.level(),
                                                scope.type(),
                                                scope.interactions(),
                                                Map.of("category", List.of(part.filter())))
                                        .text(),
                                part.words())));
        return parts;
    }
}
