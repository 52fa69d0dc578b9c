// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Which resources of a type a caller reaches: those that lie in any of the parts.
 *
 * @param parts none: no resource
 */
public record Reach(List<Part> parts) {

    /** Every resource of the type. */
    public static final Reach WHOLE = new Reach(List.of(new Part(null, Map.of())));

    /** No resource of the type. */
    public static final Reach NONE = new Reach(List.of());

    public Reach {
        parts = withoutCovered(parts);
    }

    /**
     * Some resources of a type.
     *
     * @param patients ids; the resource must be in the compartment of one of them. {@code null}: of anybody or nobody
     * @param filter   search parameters, as in a query, that it must match
     */
    public record Part(@Nullable Set<String> patients, Map<String, List<String>> filter) {
        public Part {
            patients = patients == null ? null : Set.copyOf(patients);
            filter = Map.copyOf(filter);
        }

        private boolean covers(Part other) {
            boolean sameOrMore = patients == null || (other.patients != null && patients.containsAll(other.patients));
            return sameOrMore
                    && filter.entrySet().stream()
                            .allMatch(entry -> Objects.equals(other.filter.get(entry.getKey()), entry.getValue()));
        }

        /** One part that reaches what both reach; empty when they differ in more than one respect. */
        private Optional<Part> and(Part other) {
            if (filter.equals(other.filter) && patients != null && other.patients != null) {
                Set<String> all = new HashSet<>(patients);
                all.addAll(other.patients);
                return Optional.of(new Part(all, filter));
            }
            if (!Objects.equals(patients, other.patients) || !filter.keySet().equals(other.filter.keySet())) {
                return Optional.empty();
            }
            List<String> different = filter.keySet().stream()
                    .filter(name -> !Objects.equals(filter.get(name), other.filter.get(name)))
                    .toList();
            return different.size() == 1 ? either(different.get(0), other) : Optional.empty();
        }

        private Optional<Part> either(String name, Part other) {
            List<String> mine = filter.getOrDefault(name, List.of());
            List<String> others = other.filter.getOrDefault(name, List.of());
            if (mine.size() != 1 || others.size() != 1) {
                return Optional.empty();
            }
            Map<String, List<String>> merged = new LinkedHashMap<>(filter);
            merged.put(name, List.of(mine.get(0) + "," + others.get(0)));
            return Optional.of(new Part(patients, merged));
        }

        boolean isWhole() {
            return patients == null && filter.isEmpty();
        }

        /** The same as the query of a search of {@code type}. */
        String query(String type) {
            Stream<String> ofPatients = patients == null ? Stream.empty() : Stream.of(compartment(type, patients));
            Stream<String> ofFilter = filter.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .flatMap(entry -> entry.getValue().stream().map(value -> pair(entry.getKey(), value)));
            return Stream.concat(ofPatients, ofFilter).collect(Collectors.joining("&"));
        }

        private static String compartment(String type, Set<String> patients) {
            boolean self = type.equals("Patient");
            String values = patients.stream()
                    .sorted()
                    .map(id -> self ? id : "Patient/" + id)
                    .collect(Collectors.joining(","));
            return pair(self ? "_id" : PatientCompartment.PARAMETER, values);
        }

        private static String pair(String name, String value) {
            return name + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8);
        }
    }

    /** Whether every resource of the type is reached. */
    public boolean isWhole() {
        return parts.stream().anyMatch(Part::isWhole);
    }

    /** Whether it reaches at least what {@code other} reaches. */
    public boolean covers(Reach other) {
        return other.parts.stream().allMatch(part -> parts.stream().anyMatch(mine -> mine.covers(part)));
    }

    /** What either of the two reaches. */
    public Reach or(Reach other) {
        return new Reach(Stream.concat(parts.stream(), other.parts.stream()).toList());
    }

    /** All parts as one, which a single search can say; empty when it cannot. */
    Optional<Part> asOne() {
        List<Part> left = new ArrayList<>(parts);
        while (left.size() > 1) {
            if (!mergeTwo(left)) {
                return Optional.empty();
            }
        }
        return left.stream().findFirst();
    }

    private static boolean mergeTwo(List<Part> parts) {
        for (int i = 0; i < parts.size(); i++) {
            for (int j = i + 1; j < parts.size(); j++) {
                Optional<Part> merged = parts.get(i).and(parts.get(j));
                if (merged.isPresent()) {
                    parts.remove(j);
                    parts.set(i, merged.get());
                    return true;
                }
            }
        }
        return false;
    }

    private static List<Part> withoutCovered(List<Part> parts) {
        List<Part> kept = new ArrayList<>();
        for (Part part : parts) {
            if (kept.stream().noneMatch(other -> other.covers(part))) {
                kept.removeIf(part::covers);
                kept.add(part);
            }
        }
        return List.copyOf(kept);
    }
}
