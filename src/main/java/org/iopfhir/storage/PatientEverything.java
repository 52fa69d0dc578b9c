// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.interceptor.api.HookParams;
import ca.uhn.fhir.interceptor.api.IInterceptorBroadcaster;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.dao.ISearchBuilder;
import ca.uhn.fhir.jpa.dao.SearchBuilderFactory;
import ca.uhn.fhir.jpa.dao.index.IdHelperService;
import ca.uhn.fhir.jpa.dao.tx.IHapiTransactionService;
import ca.uhn.fhir.jpa.interceptor.JpaPreResourceAccessDetails;
import ca.uhn.fhir.jpa.model.dao.JpaPid;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.IPreResourceAccessDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.interceptor.ServerInterceptorUtil;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import ca.uhn.fhir.util.UrlUtil;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.SearchEntryMode;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.IntegerType;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.r4.model.StringType;
import org.iopfhir.storage.search.PageSettings;
import org.jspecify.annotations.Nullable;

/**
 * {@code Patient/x/$everything}: the record of one patient, page by page, without keeping anything between two pages.
 *
 * @see <a href="https://hl7.org/fhir/R4/operation-patient-everything.html">FHIR R4 $everything</a>
 */
public final class PatientEverything {

    private final IFhirResourceDao<Patient> patients;
    private final PatientRecord record;
    private final SearchBuilderFactory<JpaPid> loaders;
    private final IHapiTransactionService transactions;
    private final IInterceptorBroadcaster hooks;
    private final PageSettings pages;
    private final Access access;

    PatientEverything(
            IFhirResourceDao<Patient> patients,
            PatientRecord record,
            SearchBuilderFactory<JpaPid> loaders,
            IHapiTransactionService transactions,
            IInterceptorBroadcaster hooks,
            PageSettings pages,
            Access access) {
        this.patients = patients;
        this.record = record;
        this.loaders = loaders;
        this.transactions = transactions;
        this.hooks = hooks;
        this.pages = pages;
        this.access = access;
    }

    @Operation(name = "$everything", typeName = "Patient", idempotent = true)
    public Bundle everything(
            @IdParam IdType id,
            @OperationParam(name = "_type", max = OperationParam.MAX_UNLIMITED) @Nullable List<StringType> types,
            @OperationParam(name = "_since") @Nullable InstantType since,
            @OperationParam(name = "_count") @Nullable IntegerType count,
            @OperationParam(name = "_offset") @Nullable IntegerType offset,
            @OperationParam(name = "start") @Nullable StringType start,
            @OperationParam(name = "end") @Nullable StringType end,
            RequestDetails request) {
        if (start != null || end != null) {
            throw new InvalidRequestException("start and end are not supported; ask for _since, or search by date");
        }
        Set<String> wanted = types(types);
        int size = Math.min(notNegative("_count", count, pages.maximum()), pages.maximum());
        int from = notNegative("_offset", offset, 0);
        Instant changed = since == null ? null : since.getValue().toInstant();
        access.beforeRead(RestOperationTypeEnum.READ, "Patient", id, request);
        Patient patient = patients.read(id, request);
        long key = Objects.requireNonNull((JpaPid) patient.getUserData(IdHelperService.RESOURCE_PID))
                .getId();
        Set<String> permitted = permitted(wanted, id.getIdPart(), request);
        List<Long> found = size == 0 || permitted.isEmpty()
                ? List.of()
                : record.page(key, permitted, changed, from, size + 1, request);
        boolean more = found.size() > size;
        List<IBaseResource> page = load(more ? found.subList(0, size) : found, request);
        return bundle(page, new Asked(id, wanted, since, size, from), more, request.getFhirServerBase());
    }

    /** Types of which all that belongs to the patient may be read; with a part of them, pages would tell of the rest. */
    private Set<String> permitted(Set<String> wanted, String patient, RequestDetails request) {
        Reach whole = new Reach(List.of(new Reach.Part(Set.of(patient), Map.of())));
        return (wanted.isEmpty() ? ServedTypes.names() : wanted)
                .stream()
                        .filter(type -> access.gate()
                                .reach(RestOperationTypeEnum.READ, type, request)
                                .covers(whole))
                        .collect(Collectors.toCollection(TreeSet::new));
    }

    private List<IBaseResource> load(List<Long> keys, RequestDetails request) {
        List<JpaPid> pids = new ArrayList<>(keys.stream().map(JpaPid::fromId).toList());
        return transactions.withRequest(request).readOnly().execute(() -> {
            ISearchBuilder<JpaPid> loader = loaders.newSearchBuilder("Patient", Patient.class);
            removeHidden(pids, loader, request);
            return ServerInterceptorUtil.fireStoragePreshowResource(
                    loader.loadResourcesByPid(pids, request), request, hooks);
        });
    }

    /** Whoever decides what a caller may see is asked here as he is by a search. */
    private void removeHidden(List<JpaPid> pids, ISearchBuilder<JpaPid> loader, RequestDetails request) {
        JpaPreResourceAccessDetails access = new JpaPreResourceAccessDetails(pids, () -> loader);
        hooks.callHooks(
                Pointcut.STORAGE_PREACCESS_RESOURCES,
                new HookParams()
                        .add(IPreResourceAccessDetails.class, access)
                        .add(RequestDetails.class, request)
                        .addIfMatchesType(ServletRequestDetails.class, request));
        for (int i = pids.size() - 1; i >= 0; i--) {
            if (access.isDontReturnResourceAtIndex(i)) {
                pids.remove(i);
            }
        }
    }

    private static Bundle bundle(List<IBaseResource> page, Asked asked, boolean more, String base) {
        Bundle bundle = new Bundle().setType(BundleType.SEARCHSET);
        bundle.addLink().setRelation("self").setUrl(asked.url(base, asked.offset()));
        if (more) {
            bundle.addLink().setRelation("next").setUrl(asked.url(base, asked.offset() + asked.count()));
        }
        if (asked.offset() > 0) {
            bundle.addLink()
                    .setRelation("previous")
                    .setUrl(asked.url(base, Math.max(0, asked.offset() - asked.count())));
        }
        for (IBaseResource resource : page) {
            bundle.addEntry()
                    .setFullUrl(base + "/"
                            + resource.getIdElement().toUnqualifiedVersionless().getValue())
                    .setResource((Resource) resource)
                    .getSearch()
                    .setMode(SearchEntryMode.MATCH);
        }
        return bundle;
    }

    private static Set<String> types(@Nullable List<StringType> values) {
        Set<String> types = new TreeSet<>();
        if (values != null) {
            values.forEach(value -> types.addAll(List.of(value.getValue().split(","))));
        }
        types.removeIf(String::isBlank);
        for (String type : types) {
            if (!ServedTypes.names().contains(type)) {
                throw new InvalidRequestException("_type names " + type + ", which is not served");
            }
        }
        return types;
    }

    private static int notNegative(String name, @Nullable IntegerType value, int absent) {
        if (value == null || value.getValue() == null) {
            return absent;
        }
        if (value.getValue() < 0) {
            throw new InvalidRequestException(name + " must be a whole number, 0 or more");
        }
        return value.getValue();
    }

    private record Asked(
            IdType patient, Set<String> types, @Nullable InstantType since, int count, int offset) {

        String url(String base, int from) {
            StringBuilder url =
                    new StringBuilder(base + "/Patient/" + patient.getIdPart() + "/$everything?_count=" + count);
            if (from > 0) {
                url.append("&_offset=").append(from);
            }
            if (!types.isEmpty()) {
                url.append("&_type=").append(String.join(",", types));
            }
            if (since != null) {
                url.append("&_since=").append(UrlUtil.escapeUrlParam(since.getValueAsString()));
            }
            return url.toString();
        }
    }
}
