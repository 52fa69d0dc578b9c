// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * Refuses a condition whose modifier its parameter does not take, or whose value it cannot have. HAPI ignores some of
 * them, so that the search finds more than was asked for, and fails on others.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#modifiers">FHIR R4 modifiers</a>
 */
final class ParameterShapes {

    private static final Set<String> OF_TOKENS =
            Set.of("missing", "not", "text", "in", "not-in", "above", "below", "of-type");
    private static final Set<String> OF_STRINGS = Set.of("missing", "exact", "contains");
    private static final Set<String> OF_URIS = Set.of("missing", "above", "below", "contains");
    private static final Set<String> MISSING = Set.of("missing");

    private static final Pattern COMPOSITE = Pattern.compile("[^$]+\\$[^$]+");
    private static final Pattern NEAR =
            Pattern.compile("-?\\d+(\\.\\d+)?\\|-?\\d+(\\.\\d+)?(\\|\\d+(\\.\\d+)?(\\|\\w+)?)?");

    /** {@code _has:Type:reference:parameter}. */
    private static final int HAS_PARTS = 4;

    private final ISearchParamRegistry registry;

    ParameterShapes(ISearchParamRegistry registry) {
        this.registry = registry;
    }

    /**
     * Check one condition of a search of {@code type}; one that the registry does not know is left to HAPI to refuse.
     *
     * @param name with its modifier or chain
     */
    void check(String type, String name, List<String> values) {
        if (name.endsWith(".") || name.endsWith(":")) {
            throw new InvalidRequestException("The name of parameter " + name + " is not complete");
        }
        if (name.startsWith("_has:")) {
            String[] parts = name.split(":", HAS_PARTS);
            if (parts[1].equals("AuditEvent")) {
                throw new InvalidRequestException("AuditEvents are searched by themselves only, not by _has");
            }
            if (parts.length == HAS_PARTS) {
                check(parts[1], parts[2], List.of());
                check(parts[1], parts[HAS_PARTS - 1], values);
            }
            return;
        }
        int end = endOfName(name);
        RuntimeSearchParam parameter =
                registry.getActiveSearchParam(type, name.substring(0, end), SearchParamLookupContextEnum.SEARCH);
        if (parameter == null) {
            return;
        }
        if (!InsideBundle.isServed(registry, parameter, type, name)) {
            throw new InvalidRequestException("What is inside of a " + type + " cannot be searched by " + name);
        }
        String rest = name.substring(end);
        checkModifier(parameter, rest);
        int chain = rest.indexOf('.');
        if (chain >= 0) {
            Set<String> targets = chain > 0 ? Set.of(rest.substring(1, chain)) : parameter.getTargets();
            if (targets.size() == 1) {
                check(targets.iterator().next(), rest.substring(chain + 1), values);
            }
            return;
        }
        values.forEach(value -> checkValue(parameter, rest, value));
    }

    private static void checkModifier(RuntimeSearchParam parameter, String rest) {
        if (rest.isEmpty()) {
            return;
        }
        String modifier = rest.substring(1);
        boolean served = switch (parameter.getParamType()) {
            case REFERENCE ->
                modifier.equals("missing") || rest.startsWith(".") || Character.isUpperCase(modifier.charAt(0));
            case TOKEN -> rest.startsWith(":") && OF_TOKENS.contains(modifier);
            case STRING -> rest.startsWith(":") && OF_STRINGS.contains(modifier);
            case URI -> rest.startsWith(":") && OF_URIS.contains(modifier);
            case DATE, NUMBER, QUANTITY -> rest.startsWith(":") && MISSING.contains(modifier);
            case COMPOSITE, SPECIAL, HAS -> false;
        };
        if (!served) {
            throw new InvalidRequestException(parameter.getName() + " does not take " + rest);
        }
    }

    private static void checkValue(RuntimeSearchParam parameter, String rest, String value) {
        if (rest.equals(":missing") && !value.equals("true") && !value.equals("false")) {
            throw new InvalidRequestException(parameter.getName() + ":missing must be true or false");
        }
        boolean hierarchical = rest.equals(":above") || rest.equals(":below");
        switch (parameter.getParamType()) {
            case COMPOSITE -> require(COMPOSITE, value, parameter, "two values with a $ between them");
            case SPECIAL -> require(NEAR, value, parameter, "latitude|longitude|distance|unit");
            case TOKEN -> {
                if (hierarchical && value.indexOf('|') < 1) {
                    throw new InvalidRequestException(parameter.getName() + rest + " takes system|code");
                }
            }
            default -> {}
        }
    }

    private static void require(Pattern shape, String list, RuntimeSearchParam parameter, String wanted) {
        for (String value : list.split("(?<!\\\\),", -1)) {
            if (!shape.matcher(value).matches()) {
                throw new InvalidRequestException(parameter.getName() + " takes " + wanted);
            }
        }
    }

    private static int endOfName(String name) {
        for (int i = 0; i < name.length(); i++) {
            if (name.charAt(i) == ':' || name.charAt(i) == '.') {
                return i;
            }
        }
        return name.length();
    }
}
