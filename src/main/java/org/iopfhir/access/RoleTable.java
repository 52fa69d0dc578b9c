// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.access;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;

/**
 * Role by resource type by interaction, as {@code roles.txt} says it. A line names a role, letters of {@code cruds}, and
 * the types that it adds them for; {@code @name} stands for a list of types that a line {@code @name = ...} gave.
 */
public final class RoleTable {

    private final Map<Role, Map<String, Set<Interaction>>> permitted;

    private RoleTable(Map<Role, Map<String, Set<Interaction>>> permitted) {
        this.permitted = permitted;
    }

    /** The table that is shipped. */
    public static RoleTable shipped() {
        try (InputStream table = Objects.requireNonNull(RoleTable.class.getResourceAsStream("roles.txt"))) {
            return read(new String(table.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Read a table.
     *
     * @throws IllegalArgumentException when a line cannot be read
     */
    static RoleTable read(String text) {
        Map<String, List<String>> lists = new HashMap<>();
        Map<Role, Map<String, Set<Interaction>>> permitted = new EnumMap<>(Role.class);
        for (String line : text.lines().map(RoleTable::withoutComment).toList()) {
            if (line.startsWith("@")) {
                String[] parts = line.split("\\s*=\\s*", 2);
                lists.put(parts[0], types(parts[1], lists));
            } else if (!line.isEmpty()) {
                String[] parts = line.split("\\s+", 3);
                Role role = Role.of(parts[0]).orElseThrow(() -> unreadable(line));
                Set<Interaction> letters = Interaction.ofLetters(parts[1]).orElseThrow(() -> unreadable(line));
                Map<String, Set<Interaction>> types = permitted.computeIfAbsent(role, any -> new HashMap<>());
                types(parts[2], lists)
                        .forEach(type -> types.computeIfAbsent(type, any -> EnumSet.noneOf(Interaction.class))
                                .addAll(letters));
            }
        }
        return new RoleTable(permitted);
    }

    /** Whether {@code role} may at all, for some resource of {@code type}. */
    public boolean permits(Role role, Interaction interaction, String type) {
        return permitted
                .getOrDefault(role, Map.of())
                .getOrDefault(type, Set.of())
                .contains(interaction);
    }

    private static List<String> types(String names, Map<String, List<String>> lists) {
        return Arrays.stream(names.trim().split("\\s+"))
                .flatMap(name -> name.startsWith("@") ? list(name, lists).stream() : List.of(name).stream())
                .toList();
    }

    private static List<String> list(String name, Map<String, List<String>> lists) {
        List<String> types = lists.get(name);
        if (types == null) {
            throw unreadable(name);
        }
        return types;
    }

    private static String withoutComment(String line) {
        return line.replaceFirst("#.*", "").trim();
    }

    private static IllegalArgumentException unreadable(String line) {
        return new IllegalArgumentException("The table of roles cannot be read at: " + line);
    }
}
