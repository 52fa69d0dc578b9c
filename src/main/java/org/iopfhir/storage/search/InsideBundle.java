// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.rest.api.RestSearchParameterTypeEnum;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;

/**
 * Which search parameters lead into a resource that a Bundle holds ({@code composition}, {@code message}). That resource
 * is not stored by itself, so HAPI indexes no link to it, and a search by it would find nothing. What can be found is a
 * whole chain that the package defines as one parameter, such as {@code composition.patient.identifier}.
 */
public final class InsideBundle {

    private InsideBundle() {}

    /** Return whether a parameter is only the beginning of such a chain. */
    public static boolean leadsInto(RuntimeSearchParam parameter) {
        return parameter.getParamType() == RestSearchParameterTypeEnum.REFERENCE
                && parameter.getPath() != null
                && parameter.getPath().endsWith(".resource");
    }

    /**
     * Return whether something can be found by a condition.
     *
     * @param name with its modifier or chain
     */
    static boolean isServed(ISearchParamRegistry registry, RuntimeSearchParam parameter, String type, String name) {
        return !leadsInto(parameter)
                || (name.contains(".")
                        && registry.getActiveSearchParam(type, name, SearchParamLookupContextEnum.SEARCH) != null);
    }
}
