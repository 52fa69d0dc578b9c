// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import com.healthmarketscience.sqlbuilder.ComboCondition;
import com.healthmarketscience.sqlbuilder.Condition;
import com.healthmarketscience.sqlbuilder.CustomCondition;
import java.util.List;
import org.hl7.fhir.instance.model.api.IIdType;

/**
 * The internal keys of resources, looked up within the search. HAPI looks them up before it, in its memory first, and
 * does not run the search when there are none, which would let time tell whether a hidden resource is there.
 */
final class FoundKeys {

    private FoundKeys() {}

    /**
     * The condition that {@code key} is that of one of {@code ids}.
     *
     * @param ids with a type each, or without: of any type
     */
    static Condition among(String key, List<? extends IIdType> ids, SearchQueryBuilder search) {
        return ComboCondition.or(ids.stream()
                .map(id -> new CustomCondition(key + (id.hasResourceType() ? " = " : " in ")
                        + "(select i.RES_ID from HFJ_RESOURCE i where " + one(id, search) + ")"))
                .toArray());
    }

    private static String one(IIdType id, SearchQueryBuilder search) {
        String ofId = "i.FHIR_ID = " + bound(id.getIdPart(), search);
        return id.hasResourceType() ? "i.RES_TYPE = " + bound(id.getResourceType(), search) + " and " + ofId : ofId;
    }

    private static String bound(String value, SearchQueryBuilder search) {
        return "'" + search.generatePlaceholder(value) + "'";
    }
}
