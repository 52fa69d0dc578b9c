// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.dao.PreVerifyConditionalMatchCriteriaRequest;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.model.api.IQueryParameterType;
import ca.uhn.fhir.model.api.Include;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.param.ReferenceParam;
import ca.uhn.fhir.rest.param.TokenParam;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.util.ICachedSearchDetails;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.Looking;
import org.iopfhir.storage.disclosure.VisibleIds;
import org.jspecify.annotations.Nullable;

/**
 * Narrows each search to what its caller reaches, before it runs: of a request, of an entry of a Bundle, of a condition,
 * and of a reference that is a search. So totals, pages and orders never tell of anything else. What cannot be narrowed
 * is refused.
 *
 * <p>A hook in this room, since it works on a type that no other room may know.
 */
@Interceptor
public final class SearchGate {

    /** The place of {@code Stage.NARROW}. */
    private static final int NARROW = 300;

    /**
     * The search whose matches come next on this thread. Not a note in the request: the entries of a batch share their
     * notes, and run beside each other.
     */
    private static final ThreadLocal<RequestDetails> NARROWED = new ThreadLocal<>();

    private final FhirContext fhir;
    private final Gate gate;
    private final MatchUrlService urls;
    private final Joins joins;
    private final Disclosures disclosures;

    SearchGate(FhirContext fhir, Gate gate, MatchUrlService urls, Joins joins, Disclosures disclosures) {
        this.fhir = fhir;
        this.gate = gate;
        this.urls = urls;
        this.joins = joins;
        this.disclosures = disclosures;
    }

    @Hook(value = Pointcut.STORAGE_PRESEARCH_REGISTERED, order = NARROW)
    public void narrow(ICachedSearchDetails search, SearchParameterMap map, @Nullable RequestDetails request) {
        Looking.next(disclosures.viewer(request));
        if (request == null || request instanceof SystemRequestDetails) {
            return;
        }
        narrow(search.getResourceType(), map, request);
        if (request.getRestOperationType() == RestOperationTypeEnum.SEARCH_TYPE) {
            NARROWED.set(request);
        }
    }

    /**
     * Whether the resources that are about to be accessed are the matches of a search that was narrowed. Says so once:
     * what comes after the matches is included, and was not.
     */
    public static boolean takeMatches(RequestDetails request) {
        boolean isNarrowed = NARROWED.get() == request;
        NARROWED.remove();
        return isNarrowed;
    }

    /**
     * Narrow a search of {@code type}.
     *
     * @throws ForbiddenOperationException when its caller may not search, or it cannot be narrowed
     */
    void narrow(String type, SearchParameterMap map, RequestDetails request) {
        Reach reach = gate.require(RestOperationTypeEnum.SEARCH_TYPE, type, request);
        checkConditions(type, map, request);
        Set<String> ordering = joins.of(type, map.getSort());
        if (!areWhole(ordering, request) || !ordering.stream().allMatch(other -> disclosures.seesAll(other, request))) {
            throw refused("The order depends on resources that are not all permitted");
        }
        checkIncludes(type, reach, map, request);
        if (!reach.isWhole()) {
            String query = one(reach).query(type);
            SearchParameterMap narrowed = urls.translateMatchUrl(type + "?" + query, fhir.getResourceDefinition(type));
            narrowed.entrySet().forEach(entry -> entry.getValue().forEach(or -> addOnce(map, entry.getKey(), or)));
        }
        if (disclosures.isGuarded(type) && disclosures.viewer(request).isPresent()) {
            addOnce(map, Constants.PARAM_ID, List.of(new TokenParam(VisibleIds.visibleTo())));
        }
    }

    /** A search inside a batch may come by twice, and HAPI wants no condition twice. */
    private static void addOnce(SearchParameterMap map, String name, List<IQueryParameterType> either) {
        List<List<IQueryParameterType>> known = map.get(name);
        if (known == null || known.stream().noneMatch(some -> said(some).equals(said(either)))) {
            map.addOrList(name, either);
        }
    }

    private static List<String> said(List<IQueryParameterType> either) {
        return either.stream()
                .map(value -> value.getQueryParameterQualifier() + "=" + value.getValueAsQueryToken())
                .toList();
    }

    /**
     * The condition of an interaction, narrowed in its text too: HAPI keeps the text of each condition as a unique key,
     * which would tell that somebody else's resource was created under the same.
     */
    String narrow(String type, String condition, RequestDetails request) {
        Reach reach = gate.require(RestOperationTypeEnum.SEARCH_TYPE, type, request);
        String within =
                reach.isWhole() ? condition : condition + "&" + one(reach).query(type);
        return disclosures.seesAll(type, request)
                ? within
                : within + "&_id="
                        + disclosures.viewer(request).map(VisibleIds::visibleTo).orElseThrow();
    }

    /** HAPI looks whether what is created matches its own condition; what was added to it says nothing of that. */
    @Hook(value = Pointcut.STORAGE_PREVERIFY_CONDITIONAL_MATCH_CRITERIA, order = NARROW)
    public void verify(PreVerifyConditionalMatchCriteriaRequest condition) {
        condition.setConditionalUrl(VisibleIds.without(condition.getConditionalUrl()));
    }

    private static Reach.Part one(Reach reach) {
        Optional<Reach.Part> one = reach.asOne();
        return one.orElseThrow(() -> refused("The scopes of this type cannot be searched together; ask for fewer"));
    }

    private void checkConditions(String type, SearchParameterMap map, RequestDetails request) {
        List<String> names = new ArrayList<>(map.keySet());
        for (String name : names) {
            List<List<IQueryParameterType>> conditions = List.copyOf(map.get(name));
            for (List<IQueryParameterType> alternatives : conditions) {
                for (IQueryParameterType value : alternatives) {
                    if (!areWhole(served(name, joins.of(type, name, value)), request)) {
                        map.addOrList(name, samePatient(type, name, value, request));
                    }
                }
            }
        }
    }

    /**
     * A chain to a Patient is harmless when it can lead to no other than the one whose resources are searched; returns
     * the condition that makes it so.
     */
    private List<ReferenceParam> samePatient(
            String type, String name, IQueryParameterType value, RequestDetails request) {
        Reach patients = gate.reach(RestOperationTypeEnum.SEARCH_TYPE, "Patient", request);
        Set<String> ids = patients.asOne()
                .filter(part -> part.filter().isEmpty())
                .map(Reach.Part::patients)
                .orElse(Set.of());
        boolean harmless = value instanceof ReferenceParam reference
                && (!reference.hasResourceType() || "Patient".equals(reference.getResourceType()))
                && joins.leadsToOnePatient(type, name)
                && areWhole(joins.of("Patient", reference.getChain()), request);
        if (!harmless || ids.isEmpty()) {
            throw refused(name + " looks into resources that are not all permitted");
        }
        return ids.stream().map(id -> new ReferenceParam("Patient/" + id)).toList();
    }

    /** What is nowhere is no matter of permission. */
    private static Collection<String> served(String name, Collection<String> types) {
        for (String type : types) {
            if (!type.equals(Joins.UNKNOWN) && !ServedTypes.names().contains(type)) {
                throw new InvalidRequestException(name + " leads to " + type + ", which is not served");
            }
        }
        return types;
    }

    private boolean areWhole(Collection<String> types, RequestDetails request) {
        return types.stream()
                .allMatch(type -> !type.equals(Joins.UNKNOWN)
                        && gate.reach(RestOperationTypeEnum.SEARCH_TYPE, type, request)
                                .isWhole());
    }

    /**
     * Whatever is included is looked at again before it leaves. This keeps it from having been reached by way of
     * something hidden: from there only what is included by a match leads on, or a type that is permitted whole.
     */
    private void checkIncludes(String type, Reach reach, SearchParameterMap map, RequestDetails request) {
        List<Include> all = new ArrayList<>(map.getIncludes());
        all.addAll(map.getRevIncludes());
        if (all.stream().allMatch(include -> isVisible(include.getParamType(), request))) {
            return;
        }
        boolean leadsOn = all.stream().anyMatch(Include::isRecurse)
                || map.getIncludes().stream()
                        .anyMatch(include -> !isVisible(include.getParamType(), request)
                                && (!type.equals(include.getParamType()) || hasSource(map.getRevIncludes(), type)));
        boolean isNarrowed = !reach.isWhole() || !disclosures.seesAll(type, request);
        boolean unbounded = !isNarrowed
                && map.getRevIncludes().stream().anyMatch(include -> !isVisible(include.getParamType(), request));
        if (leadsOn || unbounded) {
            throw refused("What is to be included is not all permitted");
        }
    }

    private static boolean hasSource(Set<Include> includes, String type) {
        return includes.stream().anyMatch(include -> type.equals(include.getParamType()));
    }

    private boolean isVisible(@Nullable String type, RequestDetails request) {
        return type != null
                && disclosures.seesAll(type, request)
                && gate.reach(RestOperationTypeEnum.READ, type, request)
                        .or(gate.reach(RestOperationTypeEnum.SEARCH_TYPE, type, request))
                        .isWhole();
    }

    private static ForbiddenOperationException refused(String text) {
        return FailureTranslation.forbidden(text);
    }
}
