// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage.search;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterAnd;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.QualifiedParamList;
import ca.uhn.fhir.rest.api.SearchTotalModeEnum;
import ca.uhn.fhir.rest.api.SortOrderEnum;
import ca.uhn.fhir.rest.api.SortSpec;
import ca.uhn.fhir.rest.api.SummaryEnum;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.HasAndListParam;
import ca.uhn.fhir.rest.param.QualifierDetails;
import ca.uhn.fhir.rest.param.TokenAndListParam;
import ca.uhn.fhir.rest.param.UriAndListParam;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry;
import ca.uhn.fhir.rest.server.util.ISearchParamRegistry.SearchParamLookupContextEnum;
import ca.uhn.fhir.util.UrlUtil;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Turns the raw query of a search into HAPI's search map.
 *
 * <p>Every search is synchronous and paged by offset: no page is kept on the server, so each page is computed, and may
 * be filtered, anew. A sort always ends with the internal key, which makes the order of pages definite.
 *
 * @see <a href="https://hl7.org/fhir/R4/search.html">FHIR R4 search</a>
 */
public final class SearchQuery {

    /** Parameters about the result, which the REST layer or this class reads, and which select nothing. */
    private static final Set<String> RESULT_PARAMETERS = Set.of(
            "_count",
            "_offset",
            "_sort",
            "_include",
            "_revinclude",
            "_total",
            "_summary",
            "_elements",
            "_format",
            "_pretty");

    private static final Map<String, Supplier<IQueryParameterAnd<?>>> META_PARAMETERS = Map.of(
            "_id", TokenAndListParam::new,
            "_has", HasAndListParam::new,
            "_tag", TokenAndListParam::new,
            "_security", TokenAndListParam::new,
            "_profile", UriAndListParam::new,
            "_source", UriAndListParam::new,
            "_language", TokenAndListParam::new);

    private final FhirContext fhir;
    private final ISearchParamRegistry registry;
    private final PageSettings pages;
    private final SearchLimits limits;
    private final Includes includes;
    private final ParameterShapes shapes;
    private final Clock clock;

    public SearchQuery(
            FhirContext fhir, ISearchParamRegistry registry, PageSettings pages, SearchLimits limits, Clock clock) {
        this.fhir = fhir;
        this.registry = registry;
        this.pages = pages;
        this.limits = limits;
        this.includes = new Includes(registry);
        this.shapes = new ParameterShapes(registry);
        this.clock = clock;
    }

    /**
     * The raw parameters without those that this server does not know for {@code type}.
     *
     * @param raw parameter names with their modifiers or chains, to their values
     */
    private Map<String, String[]> knownOnly(String type, Map<String, String[]> raw) {
        Map<String, String[]> known = new LinkedHashMap<>(raw);
        known.keySet().removeIf(name -> !isKnown(type, name));
        return known;
    }

    /**
     * Parse a search of {@code dao}'s type, and leave in {@code request} what of it is answered: without the parameters
     * that the client wants ignored, and with the page size.
     *
     * @throws InvalidRequestException when a parameter is unknown or a value cannot be read
     */
    public SearchParameterMap parse(IFhirResourceDao<?> dao, RequestDetails request) {
        String type = fhir.getResourceType(dao.getResourceType());
        if (Preference.isLenient(request)) {
            request.setParameters(knownOnly(type, request.getParameters()));
        }
        Paging page = Paging.of(request, pages);
        limits.checkOffset(page.offset());
        // Without it HAPI would count what is included as part of the page, and cut it off.
        request.addParameter(Constants.PARAM_OFFSET, new String[] {Integer.toString(page.offset())});
        Map<String, String[]> raw = withoutOwnBase(request);
        limits.check(type, raw);
        SearchParameterMap map = new SearchParameterMap();
        Map<String, List<String>> ofType = new LinkedHashMap<>();
        raw.forEach((name, values) -> {
            String base = baseName(name);
            if (name.isBlank()) {
                return;
            }
            if (!RESULT_PARAMETERS.contains(base)) {
                shapes.check(type, name, nonBlank(values));
            }
            if (base.equals(Constants.PARAM_LASTUPDATED)) {
                map.setLastUpdated(LastUpdated.range(nonBlank(values), clock.instant()));
            } else if (META_PARAMETERS.containsKey(base)) {
                map.add(base, metaParameter(base, name, values));
            } else if (!RESULT_PARAMETERS.contains(base)) {
                ofType.put(name, nonBlank(values));
            }
        });
        dao.translateRawParameters(ofType, map);
        result(map, raw, page);
        return map;
    }

    /** What was found by {@code map}, as it is answered. */
    public IBundleProvider answer(SearchParameterMap map, IBundleProvider found) {
        boolean includes = !map.getIncludes().isEmpty() || !map.getRevIncludes().isEmpty();
        return includes ? Included.inOrder(found, limits) : found;
    }

    /** Check the page that a history is asked for, and bound it. */
    public void checkPage(RequestDetails request) {
        limits.checkOffset(Paging.of(request, pages).offset());
    }

    /** Check the search of a conditional interaction, which HAPI parses itself; {@code null} when there is none. */
    public void checkCondition(String type, @Nullable String condition) {
        if (condition != null) {
            int query = condition.indexOf('?') + 1;
            Map<String, String[]> raw = UrlUtil.parseQueryString(condition.substring(query));
            limits.check(type, raw);
            raw.forEach((name, values) -> shapes.check(type, name, List.of(values)));
        }
    }

    /** A reference may be written with this server's own base; the index holds it without. */
    private static Map<String, String[]> withoutOwnBase(RequestDetails request) {
        String base = request.getFhirServerBase() + "/";
        Map<String, String[]> relative = new LinkedHashMap<>();
        request.getParameters()
                .forEach((name, values) -> relative.put(
                        name,
                        Arrays.stream(values)
                                .map(value -> value.startsWith(base) ? value.substring(base.length()) : value)
                                .toArray(String[]::new)));
        return relative;
    }

    private boolean isKnown(String type, String name) {
        String base = baseName(name);
        return RESULT_PARAMETERS.contains(base)
                || META_PARAMETERS.containsKey(base)
                || base.equals(Constants.PARAM_LASTUPDATED)
                || isServed(type, base, name);
    }

    private boolean isServed(String type, String base, String name) {
        RuntimeSearchParam parameter = registry.getActiveSearchParam(type, base, SearchParamLookupContextEnum.SEARCH);
        return parameter != null && InsideBundle.isServed(registry, parameter, type, name);
    }

    private void result(SearchParameterMap map, Map<String, String[]> raw, Paging page) {
        map.setOffset(page.offset());
        map.setCount(page.count());
        map.setLoadSynchronous(true);
        map.setSort(sort(raw.get(Constants.PARAM_SORT)));
        map.setIncludes(includes.read(raw, Constants.PARAM_INCLUDE));
        map.setRevIncludes(includes.read(raw, Constants.PARAM_REVINCLUDE));
        String total = first(raw, Constants.PARAM_SEARCH_TOTAL_MODE);
        if (total != null) {
            map.setSearchTotalMode(total(total));
        }
        if ("count".equals(first(raw, Constants.PARAM_SUMMARY))
                || Integer.valueOf(0).equals(map.getCount())) {
            map.setSummaryMode(SummaryEnum.COUNT);
        }
    }

    private static SearchTotalModeEnum total(String code) {
        // An estimate may be exact; HAPI has no other.
        SearchTotalModeEnum mode = SearchTotalModeEnum.fromCode(code.equals("estimate") ? "accurate" : code);
        if (mode == null) {
            throw new InvalidRequestException("_total must be none, estimate or accurate");
        }
        return mode;
    }

    private IQueryParameterAnd<?> metaParameter(String base, String name, String[] values) {
        IQueryParameterAnd<?> parameter =
                Objects.requireNonNull(META_PARAMETERS.get(base)).get();
        parameter.setValuesAsQueryTokens(fhir, name, qualified(name, values));
        return parameter;
    }

    private static List<QualifiedParamList> qualified(String name, String[] values) {
        String qualifier =
                QualifierDetails.extractQualifiersFromParameterName(name).getWholeQualifier();
        List<QualifiedParamList> lists = new ArrayList<>();
        for (String value : nonBlank(values)) {
            lists.add(QualifiedParamList.splitQueryStringByCommasIgnoreEscape(qualifier, value));
        }
        return lists;
    }

    private static SortSpec sort(String @Nullable [] values) {
        SortSpec last = new SortSpec(Constants.PARAM_PID, SortOrderEnum.ASC);
        if (values == null) {
            return last;
        }
        List<String> keys =
                new ArrayList<>(Arrays.asList(String.join(",", values).split(",")));
        Collections.reverse(keys);
        for (String key : keys) {
            String trimmed = key.trim();
            if (!trimmed.isEmpty()) {
                boolean descending = trimmed.startsWith("-");
                SortSpec spec = new SortSpec(
                        descending ? trimmed.substring(1) : trimmed,
                        descending ? SortOrderEnum.DESC : SortOrderEnum.ASC);
                last = spec.setChain(last);
            }
        }
        return last;
    }

    private static @Nullable String first(Map<String, String[]> raw, String name) {
        String[] values = raw.get(name);
        return values == null || values.length == 0 ? null : values[0];
    }

    private static List<String> nonBlank(String[] values) {
        return Arrays.stream(values).filter(v -> v != null && !v.isBlank()).toList();
    }

    private static String baseName(String name) {
        return QualifierDetails.extractQualifiersFromParameterName(name).getParamName();
    }
}
