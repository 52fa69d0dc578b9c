// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.DaoRegistry;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.ForbiddenOperationException;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.storage.search.SearchLimits;
import org.jspecify.annotations.Nullable;

/**
 * What is asked about access before an interaction runs, whether it comes alone or as an entry of a Bundle. Somebody who
 * reaches only a part of a type gets the same answer about a resource outside of it as about one that never was.
 */
public final class Access {

    /** What is read next on this thread, and is seen. Not a note in the request, which the entries of a batch share. */
    private static final ThreadLocal<@Nullable Seen> SEEN = new ThreadLocal<>();

    private final Gate gate;
    private final SearchGate searches;
    private final Within within;
    private final DaoRegistry daos;
    private final Disclosures disclosures;
    private final SearchLimits limits;

    Access(
            Gate gate,
            SearchGate searches,
            Within within,
            DaoRegistry daos,
            Disclosures disclosures,
            SearchLimits limits) {
        this.gate = gate;
        this.searches = searches;
        this.within = within;
        this.daos = daos;
        this.disclosures = disclosures;
        this.limits = limits;
    }

    Gate gate() {
        return gate;
    }

    SearchGate searches() {
        return searches;
    }

    /** Before it is looked at which of the resources that a page includes may be shown. */
    public void beforeIncluding(int found) {
        limits.checkFound(found);
    }

    /** Before the current or an older version, the history or the metadata of one resource is read. */
    void beforeRead(RestOperationTypeEnum use, String type, IIdType id, RequestDetails request) {
        requireVisible(use, type, id, request);
    }

    /**
     * Before the current version of one resource is read by somebody who sees only what consents permit. What is hidden
     * from him is found missing before it is read, so that it takes no longer than what is nowhere.
     */
    void beforeReadOfCurrent(String type, IIdType id, RequestDetails request) {
        Optional<Viewer> bound = disclosures.viewer(request).filter(Viewer::isBound);
        if (bound.isPresent() && disclosures.isGuarded(type)) {
            long key = disclosures.visibleKey(type, id.getIdPart(), bound.get()).orElseThrow(() -> unknown(type, id));
            SEEN.set(new Seen(request, key));
        }
    }

    /**
     * Whether the resource of {@code key}, which is about to be accessed, was looked at just before its read. Says so
     * once.
     */
    public static boolean takeSeen(long key, RequestDetails request) {
        Seen seen = SEEN.get();
        SEEN.remove();
        return seen != null && seen.request() == request && seen.key() == key;
    }

    private record Seen(RequestDetails request, long key) {}

    /** Read by {@code read}; that something was deleted is not told to whoever can no longer be shown whose it was. */
    <T> T hidingDeletion(String type, IIdType id, RequestDetails request, Supplier<T> read) {
        try {
            return read.get();
        } catch (ResourceGoneException e) {
            boolean mayKnow = reachesAll(RestOperationTypeEnum.READ, type, request)
                    && disclosures.isVisible(type, id.getIdPart(), request);
            throw mayKnow ? e : unknown(type, id);
        }
    }

    /**
     * Before the history of a type: it tells of deletions, which can no longer be looked at.
     *
     * @return who is to see it; empty when there is nothing that he may not
     */
    Optional<Viewer> beforeHistoryOfType(String type, RequestDetails request) {
        if (!gate.require(RestOperationTypeEnum.HISTORY_TYPE, type, request).isWhole()
                || !disclosures.seesAll(type, request)) {
            throw FailureTranslation.forbidden("The history of " + type + " cannot be narrowed");
        }
        return disclosures.isGuarded(type) ? disclosures.viewer(request) : Optional.empty();
    }

    /** Before a create; returns its condition as it shall be used. */
    @Nullable
    String beforeCreate(String type, @Nullable String condition, RequestDetails request) {
        Reach reach = gate.require(RestOperationTypeEnum.CREATE, type, request);
        hideAnswer(type, reach, request);
        return condition == null ? null : conditional(type, condition, request);
    }

    /** Before an update, patch or deletion of one resource. */
    void beforeChange(RestOperationTypeEnum use, String type, IIdType id, RequestDetails request) {
        hideAnswer(type, requireVisible(use, type, id, request), request);
        if (use == RestOperationTypeEnum.PATCH) {
            // A patch may test what is there.
            requireVisible(RestOperationTypeEnum.READ, type, id, request);
        }
    }

    /** Before an update, patch or deletion by a condition; returns the condition as it shall be used. */
    String beforeConditionalChange(RestOperationTypeEnum use, String type, String condition, RequestDetails request) {
        hideAnswer(type, gate.require(use, type, request), request);
        if (use == RestOperationTypeEnum.PATCH) {
            gate.require(RestOperationTypeEnum.READ, type, request);
        }
        return conditional(type, condition, request);
    }

    private String conditional(String type, String condition, RequestDetails request) {
        hideAnswer(type, gate.require(RestOperationTypeEnum.SEARCH_TYPE, type, request), request);
        return searches.narrow(type, condition, request);
    }

    /**
     * Take the id out of a conditional update by somebody who may not give it to something new: without a match it would
     * become that of a new resource, or show that there is one of it already.
     */
    void forgetId(IBaseResource resource, RequestDetails request) {
        if (ServerIds.isGiven(resource.getIdElement().getIdPart())
                || !reachesAll(RestOperationTypeEnum.CREATE, resource.fhirType(), request)) {
            resource.setId((String) null);
        }
    }

    private boolean reachesAll(RestOperationTypeEnum use, String type, RequestDetails request) {
        return gate.reach(use, type, request).isWhole() && disclosures.seesAll(type, request);
    }

    private Reach requireVisible(RestOperationTypeEnum use, String type, IIdType id, RequestDetails request) {
        Reach reach = gate.require(use, type, request);
        requireDisclosed(type, id, request);
        if (!reach.isWhole()
                && current(type, id.getIdPart())
                        .filter(found -> within.test(found, reach))
                        .isEmpty()) {
            throw unknown(type, id);
        }
        return reach;
    }

    /**
     * What may not be seen does not exist. Only who sees all that there is, but for counseling notes, may give an id to
     * something new, and none that such a note could have.
     */
    private void requireDisclosed(String type, IIdType id, RequestDetails request) {
        if (disclosures.isVisible(type, id.getIdPart(), request)) {
            return;
        }
        boolean isFree = disclosures.seesAll(type, request)
                && !ServerIds.isGiven(id.getIdPart())
                && !disclosures.exists(type, id.getIdPart());
        if (!isFree) {
            throw unknown(type, id);
        }
    }

    /** HAPI's words for what is not there. */
    private static ResourceNotFoundException unknown(String type, IIdType id) {
        return new ResourceNotFoundException("Resource " + type + "/" + id.getIdPart() + " is not known");
    }

    private Optional<IBaseResource> current(String type, String id) {
        try {
            return Optional.of(daos.getResourceDao(type).read(new IdType(type, id), new SystemRequestDetails()));
        } catch (ResourceNotFoundException | ResourceGoneException e) {
            return Optional.empty();
        }
    }

    /** Whoever may write what he may not read is not shown what he has written. */
    private void hideAnswer(String type, Reach written, RequestDetails request) {
        if (!gate.reach(RestOperationTypeEnum.READ, type, request).covers(written)
                || !disclosures.seesOwnWrites(type, request)) {
            request.setHeaders(Constants.HEADER_PREFER, List.of("return=minimal"));
        }
    }

    /**
     * Whether whoever sent {@code request} may name the resource of {@code reference} in one that he writes, which is when
     * he may look at it or change it.
     *
     * @param reference relative, such as {@code Practitioner/1}
     */
    public boolean mayName(IIdType reference, @Nullable RequestDetails request) {
        String type = reference.getResourceType();
        if (!ServedTypes.names().contains(type)) {
            return true;
        }
        Reach reach = gate.reach(RestOperationTypeEnum.READ, type, request)
                .or(gate.reach(RestOperationTypeEnum.SEARCH_TYPE, type, request))
                .or(gate.reach(RestOperationTypeEnum.UPDATE, type, request));
        return isDisclosed(type, reference.getIdPart(), request)
                && (reach.isWhole()
                        || current(type, reference.getIdPart())
                                .filter(found -> within.test(found, reach))
                                .isPresent());
    }

    /**
     * Whoever sees all names also what his own transaction has only begun to write, under an id of his own; and whatever
     * is nowhere, which storage itself refuses. A hidden counseling note, and an id that one could have, is refused here.
     */
    private boolean isDisclosed(String type, String id, @Nullable RequestDetails request) {
        boolean isOwnMatter =
                disclosures.seesAll(type, request) && !ServerIds.isGiven(id) && !disclosures.isNoted(type, id);
        return isOwnMatter || disclosures.isVisible(type, id, request);
    }

    /**
     * Check what is about to be stored.
     *
     * @param before what it replaces; {@code null} when nothing
     * @throws ForbiddenOperationException when {@code after} lies outside of what the caller may write
     */
    public void checkContent(
            RestOperationTypeEnum use, @Nullable Resource before, Resource after, RequestDetails request) {
        Reach reach = gate.require(use, after.fhirType(), request);
        if (before != null
                && !disclosures.isVisible(
                        before.fhirType(), before.getIdElement().getIdPart(), request)) {
            throw unknown(after.fhirType(), after.getIdElement());
        }
        if (reach.isWhole()) {
            return;
        }
        if (before != null && !within.test(before, reach)) {
            throw unknown(after.fhirType(), after.getIdElement());
        }
        if (!within.test(after, reach)) {
            throw FailureTranslation.forbidden(
                    "The content lies outside of what may be written: it must be about the patient of the access token");
        }
    }
}
