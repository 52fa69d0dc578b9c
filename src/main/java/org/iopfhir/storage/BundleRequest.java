// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.parser.DataFormatException;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.MethodNotAllowedException;
import ca.uhn.fhir.rest.server.method.BaseMethodBinding;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletSubRequestDetails;
import ca.uhn.fhir.rest.server.util.ServletRequestUtil;
import ca.uhn.fhir.util.FhirTerser;
import com.google.common.collect.ArrayListMultimap;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Pattern;
import org.hl7.fhir.instance.model.api.IBaseReference;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.iopfhir.storage.search.SearchQuery;

/**
 * Makes a batch or transaction ready for HAPI, and refuses what HAPI would fail on half-way: by the time it looks at
 * the GET entries of a transaction, the writes are already committed.
 */
final class BundleRequest {

    private static final String URN = "urn:";

    private static final Pattern AUDIT_EVENT = Pattern.compile("/?AuditEvent(?![A-Za-z])");

    private final FhirContext fhir;
    private final CompartmentUrl compartment;
    private final SearchQuery query;
    private final DaoRegistry daos;
    private final EntryAccess access;
    private final AuditSearch auditEvents;

    BundleRequest(FhirContext fhir, SearchQuery query, DaoRegistry daos, Access access, AuditSearch auditEvents) {
        this.fhir = fhir;
        this.compartment = new CompartmentUrl(fhir);
        this.query = query;
        this.daos = daos;
        this.access = new EntryAccess(access);
        this.auditEvents = auditEvents;
    }

    /**
     * Why {@code entry} cannot be processed at all, apart from its content.
     *
     * @return empty when it can
     */
    Optional<BaseServerResponseException> problem(BundleEntryComponent entry, int index, RequestDetails request) {
        try {
            check(entry, "Bundle.entry[" + index + "]", request);
            return Optional.empty();
        } catch (BaseServerResponseException e) {
            return Optional.of(e);
        } catch (DataFormatException e) {
            return Optional.of(new InvalidRequestException(e.getMessage()));
        }
    }

    private void check(BundleEntryComponent entry, String where, RequestDetails request) {
        if (!entry.hasRequest() || entry.getRequest().getMethod() == null) {
            throw new InvalidRequestException(where + ".request.method must say what to do with the entry");
        }
        HTTPVerb verb = entry.getRequest().getMethod();
        String url = entry.getRequest().getUrl();
        if (url == null || url.isBlank()) {
            throw new InvalidRequestException(where + ".request.url must be given");
        }
        if (verb == HTTPVerb.HEAD) {
            throw new InvalidRequestException(where + ".request.method cannot be HEAD");
        }
        if ((verb == HTTPVerb.POST || verb == HTTPVerb.PUT || verb == HTTPVerb.PATCH) && !entry.hasResource()) {
            throw new InvalidRequestException(where + ".resource must be given for " + verb.toCode());
        }
        if (verb == HTTPVerb.POST && url.contains("/")) {
            throw new InvalidRequestException(where + ": operations and searches by POST are not served in a Bundle");
        }
        if (AUDIT_EVENT.matcher(url).lookingAt() && (verb != HTTPVerb.GET && verb != HTTPVerb.POST)) {
            throw new MethodNotAllowedException(where + ": nobody changes or deletes an AuditEvent");
        }
        if (AUDIT_EVENT.matcher(url).lookingAt() && entry.getRequest().hasIfNoneExist()) {
            throw new InvalidRequestException(where + ": an AuditEvent cannot be created on a condition");
        }
        if (entry.getRequest().hasIfMatch()) {
            VersionMatch.version(entry.getRequest().getIfMatch());
            ConflictRetry.namesVersions(request);
        }
        checkCondition(entry, url);
        if (verb == HTTPVerb.GET) {
            entry.getRequest().setUrl(compartment.rewrite(url));
            checkRead(entry.getRequest().getUrl(), request);
        } else {
            access.check(entry, request);
        }
    }

    private void checkCondition(BundleEntryComponent entry, String url) {
        int question = url.indexOf('?');
        if (entry.getRequest().getMethod() != HTTPVerb.GET && question >= 0) {
            query.checkCondition(url.substring(0, question), url);
        }
        if (entry.getRequest().hasIfNoneExist()) {
            query.checkCondition(url, entry.getRequest().getIfNoneExist());
        }
    }

    /** Find out now whether {@code url} can be read or searched, by looking for who serves it and parsing its query. */
    private void checkRead(String url, RequestDetails request) {
        if (request instanceof ServletRequestDetails servlet) {
            ServletSubRequestDetails read =
                    ServletRequestUtil.getServletSubRequestDetails(servlet, url, "GET", ArrayListMultimap.create());
            BaseMethodBinding method = servlet.getServer().determineResourceMethod(read, read.getRequestPath());
            access.checkRead(method.getRestOperationType(read), read);
            String type = read.getResourceName();
            boolean isSearch = read.getId() == null && read.getOperation() == null;
            if (isSearch && "AuditEvent".equals(type)) {
                auditEvents.parse(read, null);
            } else if (isSearch && type != null && ServedTypes.names().contains(type)) {
                access.checkSearch(type, query.parse(daos.getResourceDao(type), read), read);
            }
        }
    }

    /** The conditions on which what {@code bundle} writes depends. */
    static List<String> conditions(Bundle bundle) {
        List<String> conditions = new ArrayList<>();
        for (BundleEntryComponent entry : bundle.getEntry()) {
            String url = entry.getRequest().getUrl();
            if (entry.getRequest().hasIfNoneExist()) {
                conditions.add(SameCondition.name(url, entry.getRequest().getIfNoneExist()));
            }
            if (entry.getRequest().getMethod() == HTTPVerb.PUT && url.contains("?")) {
                conditions.add(url);
            }
        }
        return conditions;
    }

    /**
     * Name each new resource of a transaction by a placeholder of its own. HAPI replaces only placeholders, since it
     * keeps versions in references, and would leave a reference to the URL that a client gave a new resource.
     */
    void namePlaceholders(Bundle bundle) {
        if (bundle.getType() != BundleType.TRANSACTION) {
            return;
        }
        Map<String, String> placeholders = new HashMap<>();
        for (BundleEntryComponent entry : bundle.getEntry()) {
            if (isNew(entry)) {
                String placeholder = "urn:uuid:" + UUID.randomUUID();
                String name = entry.getFullUrl();
                placeholders.put(name, placeholder);
                String type = entry.getResource().fhirType();
                int relative = name.lastIndexOf("/" + type + "/");
                if (relative >= 0) {
                    placeholders.put(name.substring(relative + 1), placeholder);
                }
                entry.setFullUrl(placeholder);
                entry.getResource().setId((String) null);
            }
        }
        if (!placeholders.isEmpty()) {
            bundle.getEntry().forEach(entry -> replace(entry, placeholders));
        }
    }

    private static boolean isNew(BundleEntryComponent entry) {
        HTTPVerb verb = entry.getRequest().getMethod();
        boolean getsAnId = verb == HTTPVerb.POST
                || (verb == HTTPVerb.PUT && entry.getRequest().getUrl().contains("?"));
        return getsAnId
                && entry.hasFullUrl()
                && entry.hasResource()
                && !entry.getFullUrl().startsWith(URN);
    }

    private void replace(BundleEntryComponent entry, Map<String, String> placeholders) {
        if (!entry.hasResource()) {
            return;
        }
        FhirTerser terser = fhir.newTerser();
        List<IBaseReference> references = terser.getAllResourceReferences(entry.getResource()).stream()
                .map(info -> info.getResourceReference())
                .toList();
        for (IBaseReference reference : references) {
            String placeholder =
                    placeholders.get(reference.getReferenceElement().getValue());
            if (placeholder != null) {
                reference.setReference(placeholder);
            }
        }
    }
}
