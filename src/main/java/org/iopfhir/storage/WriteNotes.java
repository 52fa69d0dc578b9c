// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.MethodOutcome;
import ca.uhn.fhir.rest.api.PreferReturnEnum;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.OperationOutcome;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;
import org.jspecify.annotations.Nullable;

/**
 * What is worth a client's attention about resources that were stored all the same. It goes into the OperationOutcome of
 * the write, which a client gets when it prefers one, and into the outcome of each entry of a Bundle.
 */
public final class WriteNotes {
    private static final String KEY = WriteNotes.class.getName();
    private static final Set<RestOperationTypeEnum> ONE_WRITE =
            EnumSet.of(RestOperationTypeEnum.CREATE, RestOperationTypeEnum.UPDATE, RestOperationTypeEnum.PATCH);

    private WriteNotes() {}

    /** Whether the sender of a request gets what is noted: one write is answered with it only when its sender prefers so. */
    public static boolean areHeard(@Nullable RequestDetails request) {
        if (request == null
                || request.getRestOperationType() == null
                || !ONE_WRITE.contains(request.getRestOperationType())) {
            return true;
        }
        String preference = request.getHeader(Constants.HEADER_PREFER);
        return RestfulServerUtils.parsePreferHeader(preference).getReturn() == PreferReturnEnum.OPERATION_OUTCOME;
    }

    /** Note problems of a resource that has its id. */
    public static void add(@Nullable RequestDetails request, Resource resource, List<Problem> problems) {
        if (request != null && !problems.isEmpty()) {
            notes(request)
                    .computeIfAbsent(key(resource.getIdElement()), id -> new ArrayList<>())
                    .addAll(problems);
        }
    }

    static <T extends MethodOutcome> T attach(T outcome, RequestDetails request) {
        if (outcome.getId() != null && outcome.getOperationOutcome() instanceof OperationOutcome body) {
            attach(body, outcome.getId().getValue(), request);
        }
        return outcome;
    }

    static Bundle attach(Bundle answer, RequestDetails request) {
        for (Bundle.BundleEntryComponent entry : answer.getEntry()) {
            if (entry.getResponse().hasLocation()
                    && entry.getResponse().getOutcome() instanceof OperationOutcome body) {
                attach(body, entry.getResponse().getLocation(), request);
            }
        }
        return answer;
    }

    private static void attach(OperationOutcome body, String location, RequestDetails request) {
        List<Problem> problems = notes(request).getOrDefault(key(new IdType(location)), List.of());
        FailureTranslation.outcome(problems).getIssue().forEach(body::addIssue);
    }

    private static String key(IdType id) {
        return id.getResourceType() + "/" + id.getIdPart();
    }

    @SuppressWarnings("unchecked")
    private static Map<String, List<Problem>> notes(RequestDetails request) {
        return (Map<String, List<Problem>>)
                request.getUserData().computeIfAbsent(KEY, key -> new HashMap<String, List<Problem>>());
    }
}
