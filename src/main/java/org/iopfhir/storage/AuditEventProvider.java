// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.model.api.ResourceMetadataKeyEnum;
import ca.uhn.fhir.model.valueset.BundleEntrySearchModeEnum;
import ca.uhn.fhir.model.valueset.BundleEntryTransactionMethodEnum;
import ca.uhn.fhir.rest.annotation.ConditionalUrlParam;
import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.History;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.SimpleBundleProvider;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceGoneException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.IdType;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.storage.journal.AuditRow;
import org.jspecify.annotations.Nullable;

/**
 * The REST face of AuditEvent: those that this server wrote itself, out of its journal, and those that clients described,
 * as they came. Both are found by the same search; nobody changes or deletes either.
 */
public final class AuditEventProvider implements IResourceProvider {

    private static final String ONLY_VERSION = "1";

    private final IFhirResourceDao<AuditEvent> dao;
    private final AuditSearch journal;
    private final AuditForm form;
    private final Gate gate;

    AuditEventProvider(IFhirResourceDao<AuditEvent> dao, AuditSearch journal, AuditForm form, Gate gate) {
        this.dao = dao;
        this.journal = journal;
        this.form = form;
        this.gate = gate;
    }

    @Override
    public Class<AuditEvent> getResourceType() {
        return AuditEvent.class;
    }

    @Read(version = true)
    public AuditEvent read(@IdParam IIdType id, RequestDetails request) {
        if (id.hasVersionIdPart() && !id.getVersionIdPart().equals(ONLY_VERSION)) {
            throw missing(id);
        }
        AuditEvent event = one(id, request);
        UnchangedSince.check(request, event);
        return event;
    }

    /** Events have one version. */
    @History
    public List<AuditEvent> history(@IdParam IIdType id, RequestDetails request) {
        AuditEvent event = one(id, request);
        ResourceMetadataKeyEnum.ENTRY_TRANSACTION_METHOD.put(event, BundleEntryTransactionMethodEnum.POST);
        return List.of(event);
    }

    @Search(allowUnknownParams = true)
    public IBundleProvider search(RequestDetails request) {
        Set<String> patients = patients(RestOperationTypeEnum.SEARCH_TYPE, request);
        AuditSearch.Asked asked = journal.parse(request, patients);
        AuditSearch.Found found = journal.find(asked);
        if (asked.countOnly()) {
            SimpleBundleProvider number = new SimpleBundleProvider();
            number.setSize(found.total());
            return number;
        }
        int count = asked.page().count();
        int received = found.rows().size();
        List<AuditRow> rows = found.rows().subList(0, Math.min(count, received));
        List<IBaseResource> events = events(rows, patients);
        events.forEach(event -> ResourceMetadataKeyEnum.ENTRY_SEARCH_MODE.put(event, BundleEntrySearchModeEnum.MATCH));
        SimpleBundleProvider page = new SimpleBundleProvider(events);
        page.setTotalResourcesRequestedReturned(received);
        page.setCurrentPageOffset(asked.page().offset());
        page.setCurrentPageSize(count);
        page.setPreferredPageSize(count);
        Integer total =
                received > count ? found.total() : Integer.valueOf(asked.page().offset() + received);
        page.setSize(total);
        return page;
    }

    @Create
    public MethodOutcome create(
            @ResourceParam AuditEvent event, @ConditionalUrlParam @Nullable String condition, RequestDetails request) {
        if (condition != null) {
            throw new InvalidRequestException("An AuditEvent cannot be created on a condition");
        }
        gate.require(RestOperationTypeEnum.CREATE, "AuditEvent", request);
        return WriteNotes.attach(dao.create(event, request), request);
    }

    /** Ids of the patients about whom the caller may read events; {@code null} when he may read all. */
    private @Nullable Set<String> patients(RestOperationTypeEnum use, RequestDetails request) {
        Reach reach = gate.require(use, "AuditEvent", request);
        if (reach.isWhole()) {
            return null;
        }
        Set<String> patients = new HashSet<>();
        for (Reach.Part part : reach.parts()) {
            if (part.patients() == null || !part.filter().isEmpty()) {
                throw FailureTranslation.forbidden("A scope with a filter cannot narrow AuditEvent");
            }
            patients.addAll(part.patients());
        }
        return patients;
    }

    private AuditEvent one(IIdType id, RequestDetails request) {
        Set<String> patients = patients(RestOperationTypeEnum.READ, request);
        AuditRow row = journal.find(id.getIdPart(), patients).orElseThrow(() -> missing(id));
        return (AuditEvent) events(List.of(row), patients).get(0);
    }

    private List<IBaseResource> events(List<AuditRow> rows, @Nullable Set<String> patients) {
        return rows.stream()
                .map(row -> described(row).orElseGet(() -> form.event(row, patients)))
                .map(IBaseResource.class::cast)
                .toList();
    }

    /**
     * What a client described; empty for what the server wrote itself, and for what is no longer there, of which the
     * journal still knows. The gate has been asked already.
     */
    private Optional<AuditEvent> described(AuditRow row) {
        try {
            return row.isDescribed()
                    ? Optional.of(dao.read(new IdType("AuditEvent", row.id()), new SystemRequestDetails()))
                    : Optional.empty();
        } catch (ResourceGoneException | ResourceNotFoundException e) {
            return Optional.empty();
        }
    }

    private static ResourceNotFoundException missing(IIdType id) {
        return new ResourceNotFoundException("AuditEvent/" + id.getIdPart() + " is not known");
    }
}
