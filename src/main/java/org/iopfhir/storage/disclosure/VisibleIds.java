// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.disclosure;

import ca.uhn.fhir.jpa.search.builder.QueryStack.SearchForIdsParams;
import ca.uhn.fhir.jpa.search.builder.predicate.ResourceIdPredicateBuilder;
import ca.uhn.fhir.jpa.search.builder.sql.SearchQueryBuilder;
import ca.uhn.fhir.jpa.util.QueryParameterUtils;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.rest.param.TokenParam;
import com.healthmarketscience.sqlbuilder.ComboCondition;
import com.healthmarketscience.sqlbuilder.Condition;
import com.healthmarketscience.sqlbuilder.dbspec.basic.DbColumn;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.IdType;
import org.jspecify.annotations.Nullable;

/**
 * The SQL of {@code _id}, with one value that no client can name: {@link #visibleTo}. It stands for the ids of whatever
 * the sender of the request may see, and so narrows a search where it begins, also one in a condition of a write.
 */
public final class VisibleIds extends ResourceIdPredicateBuilder {

    private static final Pattern IN_A_CONDITION = Pattern.compile("&_id=~visible[^&]*");

    /** Begins with what no id of FHIR can have. */
    private static final String MARK = "~visible";

    private final Disclosures disclosures;

    VisibleIds(SearchQueryBuilder search, Disclosures disclosures) {
        super(search);
        this.disclosures = disclosures;
    }

    /** The value of {@code _id}. */
    public static String visibleTo() {
        return MARK;
    }

    /** The same, different for viewers who see different things, for where the text of a condition is compared. */
    public static String visibleTo(Viewer viewer) {
        return MARK + "." + viewer.name();
    }

    /** A condition without the value of {@link #visibleTo(Viewer)}. */
    public static String without(String condition) {
        return IN_A_CONDITION.matcher(condition).replaceAll("");
    }

    @Override
    public @Nullable Condition createPredicateResourceId(SearchForIdsParams asked) {
        List<List<IQueryParameterType>> others =
                asked.getAndOrParams().stream().filter(any -> !isMark(any)).toList();
        boolean isMarked = others.size() < asked.getAndOrParams().size();
        Optional<Viewer> viewer = disclosures.viewer(asked.getRequest());
        Condition ids = others.isEmpty() ? null : ids(asked.setAndOrParams(others), viewer);
        if (!isMarked || viewer.isEmpty()) {
            return ids;
        }
        DbColumn key = key(asked);
        String type =
                asked.getSourceJoinColumn() == null ? getSearchQueryBuilder().getResourceType() : null;
        Condition visible = disclosures.condition(viewer.get(), Columns.sql(key), type, getSearchQueryBuilder());
        return ids == null ? visible : QueryParameterUtils.toAndPredicate(ids, visible);
    }

    private @Nullable Condition ids(SearchForIdsParams asked, Optional<Viewer> viewer) {
        boolean isPlain = asked.getAndOrParams().stream().flatMap(List::stream).allMatch(VisibleIds::isPlain);
        if (!isPlain || !viewer.map(Viewer::isBound).orElse(false)) {
            return super.createPredicateResourceId(asked);
        }
        String key = Columns.sql(key(asked));
        return ComboCondition.and(asked.getAndOrParams().stream()
                .map(any ->
                        any.stream().map(id -> id(asked.getResourceName(), id)).toList())
                .map(any -> FoundKeys.among(key, any, getSearchQueryBuilder()))
                .toArray(Condition[]::new));
    }

    private static boolean isPlain(IQueryParameterType value) {
        return value instanceof TokenParam token
                && token.getModifier() == null
                && token.getMissing() == null
                && !token.getValue().isBlank();
    }

    private static IdType id(String type, IQueryParameterType value) {
        IdType id = new IdType(((TokenParam) value).getValue());
        return id.hasResourceType() ? id : new IdType(type, id.getIdPart());
    }

    private DbColumn key(SearchForIdsParams asked) {
        return asked.getSourceJoinColumn() == null
                ? getOrCreateQueryRootTable(true).getResourceIdColumn()
                : getResourceIdColumn(asked.getSourceJoinColumn());
    }

    private static boolean isMark(List<IQueryParameterType> values) {
        return values.stream()
                .map(IQueryParameterType::getValueAsQueryToken)
                .anyMatch(value -> value != null && value.startsWith(MARK));
    }
}
