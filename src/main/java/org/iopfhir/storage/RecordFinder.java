// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.searchparam.MatchUrlService;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.param.TokenOrListParam;
import jakarta.persistence.EntityManager;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Resource;
import org.springframework.transaction.support.TransactionSynchronizationManager;

/**
 * Finds records for the server's own rules, as they are inside the running transaction: what it has written so far
 * counts, what it deletes does not.
 */
public final class RecordFinder {

    /** More than a course of treatment has of anything; a rule that would need more could not be answered in time. */
    private static final int AT_MOST = 1_000;

    private final DaoRegistry daos;
    private final MatchUrlService urls;
    private final EntityManager entities;

    RecordFinder(DaoRegistry daos, MatchUrlService urls, EntityManager entities) {
        this.daos = daos;
        this.urls = urls;
        this.entities = entities;
    }

    /** Return those of the local references, all of one type, that are stored; in no certain order. */
    public List<Resource> read(Collection<String> references) {
        List<String> known = references.stream()
                .filter(reference -> ServedTypes.names().contains(typeOf(reference)))
                .toList();
        if (known.isEmpty()) {
            return List.of();
        }
        TokenOrListParam ids = new TokenOrListParam();
        known.forEach(reference -> ids.add(reference.substring(reference.indexOf('/') + 1)));
        SearchParameterMap search = new SearchParameterMap();
        search.add("_id", ids);
        return find(typeOf(known.get(0)), search);
    }

    /** Return what matches a search: parameter names to values that must all match. */
    public List<Resource> find(String type, Map<String, List<String>> search) {
        String query = search.entrySet().stream()
                .flatMap(parameter -> parameter.getValue().stream()
                        .map(value -> parameter.getKey() + "=" + URLEncoder.encode(value, StandardCharsets.UTF_8)))
                .collect(Collectors.joining("&"));
        IFhirResourceDao<?> dao = daos.getResourceDao(type);
        return find(
                type,
                urls.translateMatchUrl(type + "?" + query, dao.getContext().getResourceDefinition(type)));
    }

    private List<Resource> find(String type, SearchParameterMap search) {
        if (TransactionSynchronizationManager.isActualTransactionActive()) {
            entities.flush();
        }
        search.setLoadSynchronousUpTo(AT_MOST);
        return daos.getResourceDao(type).search(search, new SystemRequestDetails()).getAllResources().stream()
                .map(Resource.class::cast)
                .toList();
    }

    private static String typeOf(String reference) {
        int slash = reference.indexOf('/');
        return slash < 0 ? "" : reference.substring(0, slash);
    }
}
