// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * The modifiers that this server understands, by type of parameter. HAPI ignores some that it does not know, and so
 * would answer another question than the client asked.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html#modifiers">FHIR R4: a server SHALL reject unsupported modifiers</a>
 */
final class SearchModifiers {

    private static final Map<RestSearchParameterTypeEnum, Set<String>> BY_TYPE = byType();

    private SearchModifiers() {}

    /**
     * Check the modifiers of {@code name}.
     *
     * @param type of the parameter; {@code null} when the name is a chain, whose end may be of any type
     */
    static void check(String name, @Nullable RestSearchParameterTypeEnum type) {
        Collection<String> understood = type == null ? all() : BY_TYPE.getOrDefault(type, Set.of("missing"));
        for (String part : List.of(name.split("\\.", -1))) {
            int colon = part.indexOf(':');
            String modifier = colon < 0 || part.startsWith("_has:") ? "" : part.substring(colon + 1);
            boolean namesType = !modifier.isEmpty()
                    && Character.isUpperCase(modifier.charAt(0))
                    && ServedTypes.names().contains(modifier);
            if (!modifier.isEmpty() && !namesType && !understood.contains(modifier)) {
                throw new InvalidRequestException("The modifier :" + modifier + " is not supported here; "
                        + part.substring(0, colon) + " takes " + String.join(", ", understood));
            }
        }
    }

    private static Set<String> all() {
        Set<String> all = new TreeSet<>();
        BY_TYPE.values().forEach(all::addAll);
        return all;
    }

    private static Map<RestSearchParameterTypeEnum, Set<String>> byType() {
        Map<RestSearchParameterTypeEnum, Set<String>> known = new EnumMap<>(RestSearchParameterTypeEnum.class);
        known.put(RestSearchParameterTypeEnum.STRING, sorted("contains", "exact", "missing"));
        known.put(
                RestSearchParameterTypeEnum.TOKEN,
                sorted("above", "below", "in", "missing", "not", "not-in", "of-type", "text"));
        known.put(RestSearchParameterTypeEnum.REFERENCE, sorted("identifier", "missing"));
        known.put(RestSearchParameterTypeEnum.URI, sorted("above", "below", "missing"));
        return known;
    }

    private static Set<String> sorted(String... modifiers) {
        return new TreeSet<>(List.of(modifiers));
    }
}
