// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.api.model.DaoMethodOutcome;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.annotation.At;
import ca.uhn.fhir.rest.annotation.ConditionalUrlParam;
import ca.uhn.fhir.rest.annotation.Create;
import ca.uhn.fhir.rest.annotation.Delete;
import ca.uhn.fhir.rest.annotation.History;
import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Offset;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.Patch;
import ca.uhn.fhir.rest.annotation.Read;
import ca.uhn.fhir.rest.annotation.ResourceParam;
import ca.uhn.fhir.rest.annotation.Search;
import ca.uhn.fhir.rest.annotation.Since;
import ca.uhn.fhir.rest.annotation.Update;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.PatchTypeEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.IBundleProvider;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.param.DateRangeParam;
import ca.uhn.fhir.rest.param.HistorySearchDateRangeParam;
import ca.uhn.fhir.rest.server.IResourceProvider;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.PreconditionFailedException;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Parameters;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.storage.search.SearchQuery;
import org.jspecify.annotations.Nullable;

/**
 * The REST face of one stored type: exactly the interactions that this server offers for it.
 *
 * <p>HAPI's generated providers declare each search parameter by an annotation, cannot take a list of dates, and bring
 * the administrative operations along; this one reads any parameter of the registry.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html">FHIR R4 RESTful API</a>
 */
public final class TypeProvider<T extends IBaseResource> implements IResourceProvider {

    private final IFhirResourceDao<T> dao;
    private final String typeName;
    private final SearchQuery query;
    private final SameCondition sameCondition;
    private final Access access;

    TypeProvider(IFhirResourceDao<T> dao, SearchQuery query, SameCondition sameCondition, Access access) {
        this.dao = dao;
        this.typeName = dao.getContext().getResourceType(dao.getResourceType());
        this.query = query;
        this.sameCondition = sameCondition;
        this.access = access;
    }

    @Override
    public Class<T> getResourceType() {
        return dao.getResourceType();
    }

    @Read(version = true)
    public T read(@IdParam IIdType id, RequestDetails request) {
        if (id.hasVersionIdPart()) {
            access.beforeRead(RestOperationTypeEnum.VREAD, typeName, id, request);
        } else {
            access.beforeReadOfCurrent(typeName, id, request);
        }
        T resource = access.hidingDeletion(typeName, id, request, () -> dao.read(id, request));
        UnchangedSince.check(request, resource);
        return resource;
    }

    @Search(allowUnknownParams = true)
    public IBundleProvider search(RequestDetails request) {
        SearchParameterMap map = query.parse(dao, request);
        return query.answer(map, dao.search(map, request));
    }

    @History
    public IBundleProvider history(
            @IdParam IIdType id,
            @Offset Integer offset,
            @Since Date since,
            @At DateRangeParam at,
            RequestDetails request) {
        query.checkPage(request);
        access.beforeRead(RestOperationTypeEnum.HISTORY_INSTANCE, typeName, id, request);
        DateRangeParam range = sinceOrAt(since, at);
        return new ShownVersions(
                dao.history(id, new HistorySearchDateRangeParam(request.getParameters(), range, offset), request),
                Optional.empty());
    }

    @History
    public IBundleProvider historyOfType(
            @Offset Integer offset, @Since Date since, @At DateRangeParam at, RequestDetails request) {
        query.checkPage(request);
        Optional<Viewer> viewer = access.beforeHistoryOfType(typeName, request);
        DateRangeParam range = sinceOrAt(since, at);
        return new ShownVersions(
                dao.history(range.getLowerBoundAsInstant(), range.getUpperBoundAsInstant(), offset, request), viewer);
    }

    @Create
    public MethodOutcome create(
            @ResourceParam T resource, @ConditionalUrlParam String ifNoneExist, RequestDetails request) {
        query.checkCondition(typeName, ifNoneExist);
        String condition = access.beforeCreate(typeName, ifNoneExist, request);
        ServerIds.giveTo((Resource) resource);
        return WriteNotes.attach(alone(condition, () -> dao.create(resource, condition, request)), request);
    }

    @Update
    public MethodOutcome update(
            @ResourceParam T resource,
            @IdParam IIdType id,
            @ConditionalUrlParam String condition,
            RequestDetails request) {
        query.checkCondition(typeName, condition);
        if (condition != null) {
            String narrowed = beforeConditional(RestOperationTypeEnum.UPDATE, condition, request);
            access.forgetId(resource, request);
            return WriteNotes.attach(alone(narrowed, () -> dao.update(resource, narrowed, request)), request);
        }
        requireId(id);
        access.beforeChange(RestOperationTypeEnum.UPDATE, typeName, id, request);
        String version = VersionMatch.of(request);
        resource.setId(id.toUnqualifiedVersionless().withVersion(version));
        DaoMethodOutcome outcome = dao.update(resource, request);
        if (Boolean.TRUE.equals(outcome.getCreated())) {
            // HAPI sends it only after a POST.
            request.getResponse()
                    .addHeader(
                            Constants.HEADER_LOCATION,
                            outcome.getId()
                                    .withServerBase(request.getFhirServerBase(), typeName)
                                    .getValue());
        }
        return WriteNotes.attach(outcome, request);
    }

    @Patch
    public DaoMethodOutcome patch(
            @IdParam IIdType id,
            @ConditionalUrlParam String condition,
            RequestDetails request,
            @ResourceParam @Nullable String body,
            PatchTypeEnum kind) {
        query.checkCondition(typeName, condition);
        PatchBody patch = PatchBody.read(dao.getContext(), kind, body);
        IIdType target = id;
        String narrowed = null;
        if (condition == null) {
            requireId(id);
            access.beforeChange(RestOperationTypeEnum.PATCH, typeName, id, request);
            target = id.toVersionless().withVersion(VersionMatch.of(request));
        } else {
            narrowed = beforeConditional(RestOperationTypeEnum.PATCH, condition, request);
        }
        DaoMethodOutcome outcome = dao.patch(target, narrowed, kind, patch.text(), patch.operations(), request);
        // HAPI sends it after every other write.
        request.getResponse()
                .addHeader(Constants.HEADER_ETAG, "W/\"" + outcome.getId().getVersionIdPart() + "\"");
        return WriteNotes.attach(outcome, request);
    }

    @Delete
    public MethodOutcome delete(@IdParam IIdType id, @ConditionalUrlParam String condition, RequestDetails request) {
        query.checkCondition(typeName, condition);
        if (condition != null) {
            return dao.deleteByUrl(beforeConditional(RestOperationTypeEnum.DELETE, condition, request), request);
        }
        requireId(id);
        access.beforeChange(RestOperationTypeEnum.DELETE, typeName, id, request);
        String version = VersionMatch.of(request);
        DaoMethodOutcome outcome = dao.delete(id.toVersionless().withVersion(version), request);
        if (version != null && outcome.getEntity() == null) {
            throw new PreconditionFailedException("There is no version " + version + " of it");
        }
        return outcome;
    }

    @Operation(name = "$meta", idempotent = true)
    public Parameters meta(@IdParam IIdType id, RequestDetails request) {
        access.beforeRead(RestOperationTypeEnum.META, typeName, id, request);
        Parameters answer = new Parameters();
        answer.addParameter().setName("return").setValue(dao.metaGetOperation(Meta.class, id, request));
        return answer;
    }

    private String beforeConditional(RestOperationTypeEnum use, String condition, RequestDetails request) {
        return access.beforeConditionalChange(use, typeName, condition, request);
    }

    private DaoMethodOutcome alone(@Nullable String condition, Supplier<DaoMethodOutcome> write) {
        List<String> conditions = condition == null ? List.of() : List.of(SameCondition.name(typeName, condition));
        return sameCondition.alone(conditions, write);
    }

    private static void requireId(@Nullable IIdType id) {
        if (id == null || !id.hasIdPart()) {
            throw new InvalidRequestException("The URL must name an id, or a condition after a question mark");
        }
    }

    private static DateRangeParam sinceOrAt(Date since, DateRangeParam at) {
        DateRangeParam range = new DateRangeParam();
        if (since != null) {
            range.setLowerBoundInclusive(since);
        }
        if (at != null) {
            range.setLowerBound(at.getLowerBound());
            range.setUpperBound(at.getUpperBound());
        }
        return range;
    }
}
