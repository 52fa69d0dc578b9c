// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.smart;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.iopfhir.access.Role;
import org.jspecify.annotations.Nullable;

/** Reads the fields of one entry of a file, and says which entry and which field when one is wrong. */
record JsonFields(String where, JsonNode node) {

    /** Read every entry of a file {@code {"<list>": [{"<key>": ...}]}}. */
    static <T> List<T> entries(String file, JsonNode root, String list, String key, Function<JsonFields, T> read) {
        if (!root.path(list).isArray()) {
            throw new BadEntryException(file + ": must hold an array named " + list);
        }
        List<T> entries = new ArrayList<>();
        Set<String> seen = new HashSet<>();
        for (JsonNode node : root.path(list)) {
            String name = node.path(key).asText("");
            JsonFields fields = new JsonFields(file + ": entry " + (entries.size() + 1) + " (" + name + ")", node);
            if (!seen.add(fields.required(key))) {
                throw fields.wrong("there is another one with this " + key);
            }
            entries.add(read.apply(fields));
        }
        return entries;
    }

    BadEntryException wrong(String what) {
        return new BadEntryException(where + ": " + what);
    }

    String required(String field) {
        return optional(field).orElseThrow(() -> wrong(field + " is missing"));
    }

    Optional<String> optional(String field) {
        JsonNode value = node.get(field);
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual() || value.asText().isBlank()) {
            throw wrong(field + " must be a text");
        }
        return Optional.of(value.asText());
    }

    List<String> list(String field) {
        List<String> values = new ArrayList<>();
        JsonNode array = node.path(field);
        if (!array.isArray() && !array.isMissingNode()) {
            throw wrong(field + " must be an array of texts");
        }
        for (JsonNode value : array) {
            if (!value.isTextual() || value.asText().isBlank()) {
                throw wrong(field + " must be an array of texts");
            }
            values.add(value.asText());
        }
        return values;
    }

    Set<Role> roles() {
        Set<Role> roles = new HashSet<>();
        for (String code : list("roles")) {
            roles.add(Role.of(code).orElseThrow(() -> wrong("there is no role " + code)));
        }
        return roles;
    }

    /** Id of the Organization that somebody belongs to; {@code null} when it is not said. */
    @Nullable
    String organization() {
        Optional<String> id = optional("organization");
        if (id.isPresent() && !id.get().matches("[A-Za-z0-9.-]{1,64}")) {
            throw wrong("organization must be the id of an Organization");
        }
        return id.orElse(null);
    }

    @Nullable
    JsonNode object(String field) {
        JsonNode value = node.get(field);
        if (value != null && !value.isObject()) {
            throw wrong(field + " must be an object");
        }
        return value;
    }

    /** Refuse fields that nobody reads: a misspelt limit would be none. */
    void only(Set<String> known) {
        node.fieldNames().forEachRemaining(field -> {
            if (!known.contains(field)) {
                throw wrong("there is no field " + field);
            }
        });
    }
}
