// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A SMART scope for resources: {@code patient/Observation.rs?category=laboratory}, or of version 1 {@code
 * user/Patient.read}.
 *
 * @param level        whose data
 * @param type         resource type, or {@link #ANY}
 * @param interactions what may be done
 * @param filter       search parameters, as in a query, that a resource must match; empty when any may be reached. Each
 *                     value may be a comma list of alternatives
 * @see <a href="https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html">SMART App Launch 2.2</a>
 */
public record Scope(Level level, String type, Set<Interaction> interactions, Map<String, List<String>> filter) {

    /** Stands for all resource types. */
    public static final String ANY = "*";

    private static final Pattern SHAPE =
            Pattern.compile("(patient|user|system)/(\\*|[A-Z][A-Za-z]{1,40})\\.([a-z*]{1,5})(?:\\?(.{1,1000}))?");
    private static final Pattern NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_-]{0,63}");

    private static final Set<Interaction> READ_V1 = EnumSet.of(Interaction.READ, Interaction.SEARCH);
    private static final Set<Interaction> WRITE_V1 =
            EnumSet.of(Interaction.CREATE, Interaction.UPDATE, Interaction.DELETE);

    /** Whose data a scope is about. */
    public enum Level {
        /** Of the patient in the launch context. */
        PATIENT,
        /** Whatever the user who signed in may see. */
        USER,
        /** Whatever the client may see, without any user. */
        SYSTEM
    }

    public Scope {
        interactions = Set.copyOf(interactions);
        Map<String, List<String>> sorted = new TreeMap<>();
        filter.forEach((name, values) -> sorted.put(name, List.copyOf(values)));
        filter = Map.copyOf(sorted);
    }

    /**
     * Read a scope.
     *
     * @return empty when {@code text} is no scope for resources that this grammar knows, which a server ignores. A filter
     *     with modifiers, chains or result parameters is not known
     */
    public static Optional<Scope> parse(String text) {
        Matcher parts = SHAPE.matcher(text);
        if (!parts.matches()) {
            return Optional.empty();
        }
        Optional<Set<Interaction>> interactions = interactions(parts.group(3));
        Optional<Map<String, List<String>>> filter = filter(parts.group(4));
        if (interactions.isEmpty() || filter.isEmpty()) {
            return Optional.empty();
        }
        Level level = Level.valueOf(parts.group(1).toUpperCase(Locale.ROOT));
        return Optional.of(new Scope(level, parts.group(2), interactions.get(), filter.get()));
    }

    /** All scopes for resources among space-separated {@code texts}; the others are left out. */
    public static List<Scope> parseAll(String texts) {
        return Arrays.stream(texts.split(" "))
                .map(Scope::parse)
                .flatMap(Optional::stream)
                .toList();
    }

    private static Optional<Set<Interaction>> interactions(String letters) {
        return switch (letters) {
            case "read" -> Optional.of(READ_V1);
            case "write" -> Optional.of(WRITE_V1);
            case "*" -> Optional.of(EnumSet.allOf(Interaction.class));
            default -> Interaction.ofLetters(letters);
        };
    }

    private static Optional<Map<String, List<String>>> filter(@Nullable String query) {
        Map<String, List<String>> filter = new TreeMap<>();
        if (query != null) {
            for (String pair : query.split("&", -1)) {
                int equals = pair.indexOf('=');
                if (equals <= 0 || equals == pair.length() - 1) {
                    return Optional.empty();
                }
                String name = pair.substring(0, equals);
                Optional<String> value = decode(pair.substring(equals + 1));
                if (value.isEmpty() || !NAME.matcher(name).matches() || isAboutTheResult(name)) {
                    return Optional.empty();
                }
                filter.merge(
                        name,
                        List.of(value.get()),
                        (a, b) -> Stream.concat(a.stream(), b.stream()).toList());
            }
        }
        return Optional.of(filter);
    }

    private static boolean isAboutTheResult(String name) {
        return name.startsWith("_")
                && !Set.of("_id", "_security", "_tag", "_profile").contains(name);
    }

    private static Optional<String> decode(String value) {
        try {
            return Optional.of(URLDecoder.decode(value, StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Whether it is for {@code interaction} with resources of {@code type}, with or without a filter. */
    public boolean isFor(Interaction interaction, String type) {
        return interactions.contains(interaction) && (this.type.equals(ANY) || this.type.equals(type));
    }

    /** Whether everything that {@code other} permits is permitted by this scope alone. */
    public boolean covers(Scope other) {
        return level == other.level
                && (type.equals(ANY) || type.equals(other.type))
                && interactions.containsAll(other.interactions)
                && (filter.isEmpty() || filter.equals(other.filter));
    }

    /**
     * What both this scope and {@code other} permit: what a client that is registered for this one gets when it asks for
     * the other.
     *
     * @return empty when they have nothing in common, or when both have filters that differ
     */
    public Optional<Scope> and(Scope other) {
        EnumSet<Interaction> both = EnumSet.noneOf(Interaction.class);
        interactions.stream().filter(other.interactions::contains).forEach(both::add);
        boolean typesMeet = type.equals(ANY) || other.type.equals(ANY) || type.equals(other.type);
        boolean filtersMeet = filter.isEmpty() || other.filter.isEmpty() || filter.equals(other.filter);
        if (level != other.level || both.isEmpty() || !typesMeet || !filtersMeet) {
            return Optional.empty();
        }
        return Optional.of(
                new Scope(level, type.equals(ANY) ? other.type : type, both, filter.isEmpty() ? other.filter : filter));
    }

    /** As it is written in version 2. */
    public String text() {
        StringBuilder text = new StringBuilder(level.name().toLowerCase(Locale.ROOT))
                .append('/')
                .append(type)
                .append('.')
                .append(Interaction.letters(interactions));
        String separator = "?";
        for (String name : filter.keySet().stream().sorted().toList()) {
            for (String value : Objects.requireNonNull(filter.get(name))) {
                text.append(separator).append(name).append('=').append(encode(value));
                separator = "&";
            }
        }
        return text.toString();
    }

    /** A scope holds no space, and is split at {@code &}; the rest is left readable, as SMART writes it. */
    private static String encode(String value) {
        return value.replace("%", "%25")
                .replace(" ", "%20")
                .replace("&", "%26")
                .replace("+", "%2B")
                .replace("\"", "%22");
    }
}
