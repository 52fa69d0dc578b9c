// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Bundle.HTTPVerb;
import org.hl7.fhir.r4.model.IdType;

/** Asks about each entry of a Bundle what would be asked about the same request alone, before any of them runs. */
final class EntryAccess {

    private final Access access;

    EntryAccess(Access access) {
        this.access = access;
    }

    /** Before a GET entry. */
    void checkRead(RestOperationTypeEnum use, RequestDetails read) {
        access.gate().check(use, read.getResourceName(), read.getOperation(), read);
    }

    /** Before a GET entry that searches; {@code map} is not used for anything else. */
    void checkSearch(String type, SearchParameterMap map, RequestDetails read) {
        access.searches().narrow(type, map, read);
    }

    /** Before an entry that writes; narrows its condition. */
    void check(BundleEntryComponent entry, RequestDetails request) {
        String url = entry.getRequest().getUrl();
        String path = url.startsWith("/") ? url.substring(1) : url;
        int question = path.indexOf('?');
        HTTPVerb verb = entry.getRequest().getMethod();
        if (verb == HTTPVerb.POST) {
            create(entry, question < 0 ? path : path.substring(0, question), request);
        } else if (question >= 0) {
            String type = path.substring(0, question);
            String condition = path.substring(question + 1);
            String narrowed = access.beforeConditionalChange(use(verb), known(type), condition, request);
            entry.getRequest().setUrl(type + "?" + narrowed);
            if (entry.hasResource() && verb == HTTPVerb.PUT) {
                access.forgetId(entry.getResource(), request);
            }
        } else {
            IdType id = new IdType(path);
            access.beforeChange(use(verb), known(id.getResourceType()), id, request);
        }
    }

    private void create(BundleEntryComponent entry, String type, RequestDetails request) {
        String condition =
                entry.getRequest().hasIfNoneExist() ? entry.getRequest().getIfNoneExist() : null;
        String narrowed = access.beforeCreate(known(type), condition, request);
        if (narrowed != null) {
            entry.getRequest().setIfNoneExist(narrowed);
        }
    }

    private static RestOperationTypeEnum use(HTTPVerb verb) {
        return switch (verb) {
            case PUT -> RestOperationTypeEnum.UPDATE;
            case PATCH -> RestOperationTypeEnum.PATCH;
            default -> RestOperationTypeEnum.DELETE;
        };
    }

    private static String known(String type) {
        if (type == null || !ServedTypes.names().contains(type)) {
            throw new InvalidRequestException("Unknown resource type " + type);
        }
        return type;
    }
}
