// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a verb and a URL below the FHIR base ask for, where HAPI has not said it: an entry of a Bundle, or a request that
 * was refused before HAPI saw it.
 *
 * @param interaction code of FHIR's restful interactions
 * @param type        resource type; {@code null} when the URL names none
 * @param id          of the resource; {@code null} when the URL names none
 */
record AuditedUrl(
        String interaction, @Nullable String type, @Nullable String id) {

    private static final Pattern ID = Pattern.compile("[A-Za-z0-9.-]{1,64}");

    private static final Pattern PATH =
            Pattern.compile("/?([A-Z][A-Za-z]*)(?:/([A-Za-z0-9.-]{1,64}))?(?:/([^?]*))?(?:\\?.*)?");

    static AuditedUrl of(String verb, String url) {
        Matcher path = PATH.matcher(url);
        if (!path.matches()) {
            return new AuditedUrl(withoutType(verb, url), null, null);
        }
        String rest = path.group(3) == null ? "" : path.group(3);
        boolean compartment = !rest.isEmpty() && Character.isUpperCase(rest.charAt(0));
        return compartment
                ? new AuditedUrl("search-type", rest.replaceFirst("/.*", ""), null)
                : new AuditedUrl(interaction(verb, path.group(2), rest), path.group(1), path.group(2));
    }

    static boolean isId(String text) {
        return ID.matcher(text).matches();
    }

    /** As a reference; {@code null} when the URL names no resource. */
    @Nullable
    String resource() {
        return type == null || id == null ? null : type + "/" + id;
    }

    private static String interaction(String verb, @Nullable String id, String rest) {
        return switch (verb) {
            case "PUT" -> "update";
            case "PATCH" -> "patch";
            case "DELETE" -> "delete";
            case "POST" -> rest.isEmpty() ? "create" : rest.equals("_search") ? "search-type" : "operation";
            default -> read(id, rest);
        };
    }

    private static String read(@Nullable String id, String rest) {
        if (rest.startsWith("_history/")) {
            return "vread";
        } else if (rest.startsWith("_history")) {
            return id == null ? "history-type" : "history-instance";
        } else if (!rest.isEmpty()) {
            return "operation";
        }
        return id == null ? "search-type" : "read";
    }

    private static String withoutType(String verb, String url) {
        return url.startsWith("metadata") || url.startsWith("/metadata")
                ? "capabilities"
                : verb.equals("POST") && (url.isEmpty() || url.equals("/")) ? "transaction" : "operation";
    }
}
