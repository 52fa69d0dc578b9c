// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.IPreResourceAccessDetails;
import ca.uhn.fhir.rest.api.server.IPreResourceShowDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.CounselingNotes;
import org.iopfhir.consent.Labels;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.Access;
import org.iopfhir.storage.Gate;
import org.iopfhir.storage.Reach;
import org.iopfhir.storage.SearchGate;
import org.iopfhir.storage.ServedTypes;
import org.iopfhir.storage.Within;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.Viewer;
import org.jspecify.annotations.Nullable;

/**
 * Asks about access at the places that every request passes, whatever served it: before it is handled, before anything
 * is stored, and before anything is handed out. The last is a second lock: searches are narrowed before they run.
 */
@Interceptor
public final class AccessHook {

    /** All else writes, or may: an entry of a Bundle is not always told what it is. */
    private static final Set<RestOperationTypeEnum> READING = EnumSet.of(
            RestOperationTypeEnum.READ,
            RestOperationTypeEnum.VREAD,
            RestOperationTypeEnum.SEARCH_TYPE,
            RestOperationTypeEnum.HISTORY_INSTANCE,
            RestOperationTypeEnum.HISTORY_TYPE,
            RestOperationTypeEnum.META,
            RestOperationTypeEnum.EXTENDED_OPERATION_INSTANCE,
            RestOperationTypeEnum.EXTENDED_OPERATION_TYPE,
            RestOperationTypeEnum.EXTENDED_OPERATION_SERVER);

    /** The key of what did not come from the database, and so is seen by nobody. */
    private static final long NOWHERE = -1;

    private final FhirContext fhir;
    private final Gate gate;
    private final Access access;
    private final Within within;
    private final Disclosures disclosures;
    private final PatientsNamed patients;

    AccessHook(
            FhirContext fhir,
            Gate gate,
            Access access,
            Within within,
            Disclosures disclosures,
            PatientsNamed patients) {
        this.fhir = fhir;
        this.gate = gate;
        this.access = access;
        this.within = within;
        this.disclosures = disclosures;
        this.patients = patients;
    }

    @Hook(value = Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLED, order = Stage.Order.ADMIT)
    public void beforeHandling(RequestDetails request) {
        gate.check(request.getRestOperationType(), request.getResourceName(), request.getOperation(), request);
    }

    @Hook(value = Pointcut.STORAGE_PREACCESS_RESOURCES, order = Stage.Order.PROTECT)
    public void beforeAccess(IPreResourceAccessDetails found, @Nullable RequestDetails request) {
        // What a write answers with is held back by its Prefer header: HAPI still needs the resource itself.
        if (request == null || isInternal(request) || isWriting(request) || SearchGate.takeMatches(request)) {
            return;
        }
        access.beforeIncluding(found.size());
        hideUndisclosed(found, request);
        if (found.size() > 1 && reachesAll(request)) {
            return;
        }
        Map<String, Reach> visible = new HashMap<>();
        for (int i = 0; i < found.size(); i++) {
            if (!isVisible(found.getResource(i), visible, request)) {
                found.setDontReturnResourceAtIndex(i);
            }
        }
    }

    private void hideUndisclosed(IPreResourceAccessDetails found, RequestDetails request) {
        Map<Integer, Long> guarded = new HashMap<>();
        for (int i = 0; i < found.size(); i++) {
            IBaseResource resource = found.getResource(i);
            if (disclosures.isGuarded(resource.fhirType())
                    && ServedTypes.names().contains(resource.fhirType())) {
                guarded.put(i, Disclosures.key(resource).orElse(NOWHERE));
            }
        }
        if (guarded.size() == 1 && Access.takeSeen(guarded.values().iterator().next(), request)) {
            return;
        }
        Set<Long> seen = disclosures.visible(Set.copyOf(guarded.values()), request);
        guarded.forEach((i, key) -> {
            if (!seen.contains(key)) {
                found.setDontReturnResourceAtIndex(i);
            }
        });
    }

    @Hook(value = Pointcut.STORAGE_PRESHOW_RESOURCES, order = Stage.Order.PROTECT)
    public void beforeShow(IPreResourceShowDetails shown, @Nullable RequestDetails request) {
        if (isInternal(request)) {
            return;
        }
        Map<String, Reach> visible = new HashMap<>();
        for (int i = 0; i < shown.size(); i++) {
            IBaseResource resource = shown.getResource(i);
            if (resource != null && (!isVisible(resource, visible, request) || isOfAnother(resource, request))) {
                shown.setResource(i, null);
            }
        }
    }

    /** An older version may name somebody whom the current one, by which it was found, does not. */
    private boolean isOfAnother(IBaseResource shown, @Nullable RequestDetails request) {
        boolean isOlder = request != null
                && (request.getRestOperationType() == RestOperationTypeEnum.VREAD
                        || request.getRestOperationType() == RestOperationTypeEnum.HISTORY_INSTANCE);
        if (!isOlder
                || CounselingNotes.isWithNote((Resource) shown)
                || !disclosures.isGuarded(shown.fhirType())
                || !disclosures.viewer(request).map(Viewer::isBound).orElse(false)) {
            return false;
        }
        Optional<Long> key = Disclosures.key(shown);
        if (shown.fhirType().equals("Provenance")
                && key.map(disclosures::isFollower).orElse(false)) {
            // An older one may tell of other records.
            return !isCurrent(shown);
        }
        Optional<String> now = key.flatMap(disclosures::patient);
        return now.isPresent() && !now.equals(patients.onlyOne((Resource) shown));
    }

    private boolean isCurrent(IBaseResource shown) {
        IIdType id = shown.getIdElement();
        return disclosures
                .keyOfCurrent(shown.fhirType(), id.getIdPart(), id.getVersionIdPart())
                .isPresent();
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED, order = Stage.Order.PROTECT)
    public void beforeCreate(IBaseResource resource, @Nullable RequestDetails request) {
        if (request != null && !isInternal(request)) {
            check(RestOperationTypeEnum.CREATE, null, (Resource) resource, request);
        }
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED, order = Stage.Order.PROTECT)
    public void beforeUpdate(IBaseResource before, IBaseResource after, @Nullable RequestDetails request) {
        if (request != null && !isInternal(request)) {
            check(RestOperationTypeEnum.UPDATE, (Resource) before, (Resource) after, request);
        }
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_DELETED, order = Stage.Order.PROTECT)
    public void beforeDelete(IBaseResource resource, @Nullable RequestDetails request) {
        if (request != null && !isInternal(request)) {
            Resource deleted = (Resource) resource;
            access.checkContent(RestOperationTypeEnum.DELETE, deleted, deleted, request);
        }
    }

    /** As before a write, for a resource that is only to be validated. */
    void beforeValidation(Resource resource, RequestDetails request) {
        boolean creates = !gate.reach(RestOperationTypeEnum.CREATE, resource.fhirType(), request)
                .parts()
                .isEmpty();
        check(creates ? RestOperationTypeEnum.CREATE : RestOperationTypeEnum.UPDATE, null, resource, request);
    }

    private void check(RestOperationTypeEnum use, @Nullable Resource before, Resource after, RequestDetails request) {
        access.checkContent(use, before, after, request);
        if (!gate.reach(use, after.fhirType(), request).isWhole() && Labels.raises(before, after)) {
            throw FailureTranslation.forbidden("Security labels may not be set with this access token");
        }
        checkReferences(before, after, request);
    }

    /** A reference to what may not be looked at is answered like one to what is not there. */
    private void checkReferences(@Nullable Resource before, Resource after, RequestDetails request) {
        Set<String> known = before == null ? Set.of() : references(before).keySet();
        references(after).forEach((url, path) -> {
            if (!known.contains(url) && !access.mayName(new IdType(url), request)) {
                throw new InvalidRequestException("Resource " + url + " not found, specified in path: " + path);
            }
        });
    }

    /** Local ones, without their versions, and where they stand. */
    private Map<String, String> references(Resource resource) {
        Map<String, String> found = new LinkedHashMap<>();
        fhir.newTerser().getAllResourceReferences(resource).forEach(info -> {
            IIdType reference = info.getResourceReference().getReferenceElement();
            if (reference.hasIdPart() && reference.hasResourceType() && !reference.hasBaseUrl()) {
                String path = resource.fhirType() + "." + info.getName();
                found.putIfAbsent(reference.toUnqualifiedVersionless().getValue(), path);
            }
        });
        return found;
    }

    private boolean isVisible(IBaseResource resource, Map<String, Reach> known, @Nullable RequestDetails request) {
        String type = resource.fhirType();
        // The guide's own artifacts are everybody's.
        return !ServedTypes.names().contains(type)
                || within.test(resource, known.computeIfAbsent(type, any -> visible(type, request)));
    }

    private Reach visible(String type, @Nullable RequestDetails request) {
        Reach reach = gate.reach(RestOperationTypeEnum.READ, type, request);
        if (request != null && request.getRestOperationType() == RestOperationTypeEnum.SEARCH_TYPE) {
            return reach.or(gate.reach(RestOperationTypeEnum.SEARCH_TYPE, type, request));
        }
        // A write is shown what it finds by its condition, and HAPI what was written.
        return isWriting(request)
                ? reach.or(gate.reach(RestOperationTypeEnum.SEARCH_TYPE, type, request))
                        .or(gate.reach(RestOperationTypeEnum.CREATE, type, request))
                        .or(gate.reach(RestOperationTypeEnum.UPDATE, type, request))
                : reach;
    }

    private boolean reachesAll(@Nullable RequestDetails request) {
        return ServedTypes.names().stream()
                .allMatch(type -> visible(type, request).isWhole());
    }

    private static boolean isInternal(@Nullable RequestDetails request) {
        return request == null || request instanceof SystemRequestDetails;
    }

    private static boolean isWriting(@Nullable RequestDetails request) {
        RestOperationTypeEnum use = request == null ? null : request.getRestOperationType();
        return use == null || !READING.contains(use);
    }
}
