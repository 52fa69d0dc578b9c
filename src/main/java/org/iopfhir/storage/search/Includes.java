// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.model.api.Include;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.iopfhir.storage.ServedTypes;

/** Reads {@code _include} and {@code _revinclude}, and refuses one that could include nothing, or anything. */
final class Includes {

    private final ISearchParamRegistry registry;

    Includes(ISearchParamRegistry registry) {
        this.registry = registry;
    }

    /**
     * All includes of one kind.
     *
     * @param parameter {@code _include} or {@code _revinclude}
     */
    Set<Include> read(Map<String, String[]> raw, String parameter) {
        Set<Include> includes = new LinkedHashSet<>();
        raw.forEach((name, values) -> {
            if (name.equals(parameter) || name.startsWith(parameter + ":")) {
                boolean iterate = isIterate(name, name.substring(parameter.length()));
                for (String value : values) {
                    if (!value.isBlank()) {
                        includes.add(include(parameter, value.trim(), iterate));
                    }
                }
            }
        });
        return includes;
    }

    private static boolean isIterate(String name, String modifier) {
        return switch (modifier) {
            case "" -> false;
            case ":iterate", ":recurse" -> true;
            default -> throw new InvalidRequestException(name + " has a modifier that is not served");
        };
    }

    /** {@code *} would pull in whatever is linked, and HAPI cuts it at a page's limit without saying so. */
    private Include include(String parameter, String value, boolean iterate) {
        Include include = new Include(value, iterate);
        String type = include.getParamType();
        String name = include.getParamName();
        if (value.contains("*") || type == null || name == null) {
            throw new InvalidRequestException(
                    parameter + " must name its source and parameter, such as Encounter:subject");
        }
        // Most AuditEvents are in the journal, where no include would find them.
        boolean canBeSource = ServedTypes.names().contains(type) && !type.equals("AuditEvent");
        RuntimeSearchParam known =
                canBeSource ? registry.getActiveSearchParam(type, name, SearchParamLookupContextEnum.SEARCH) : null;
        if (known == null
                || known.getParamType() != RestSearchParameterTypeEnum.REFERENCE
                || InsideBundle.leadsInto(known)) {
            throw new InvalidRequestException(parameter + "=" + value + " is no reference that can be searched by");
        }
        return include;
    }
}
