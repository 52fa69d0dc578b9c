// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import java.io.Writer;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Has the security labels and notices that many records of an answer carry alike encoded once. HAPI takes longer for
 * those of a record that is disclosed than for all else in it.
 */
@Interceptor
public final class SharedLabelsHook {

    private static final String ANSWER = SharedLabelsHook.class.getName();

    /** Below it is not worth while. */
    private static final int RECORDS = 5;

    private final FhirContext fhir;

    SharedLabelsHook(FhirContext fhir) {
        this.fhir = fhir;
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.SHORTEN)
    public void beforeAnswer(@Nullable IBaseResource answer, RequestDetails request) {
        if (answer instanceof Bundle bundle) {
            request.getUserData().put(ANSWER, bundle);
        } else {
            request.getUserData().remove(ANSWER);
        }
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_WRITER_CREATED, order = Stage.Order.SHORTEN)
    public Writer beforeWriting(Writer answer, RequestDetails request) {
        List<Meta> labelled = new ArrayList<>();
        if (request.getUserData().get(ANSWER) instanceof Bundle bundle && isPlainJson(request)) {
            collect(bundle, labelled);
        }
        if (labelled.size() < RECORDS) {
            return answer;
        }
        StandIns standIns = new StandIns(fhir);
        labelled.forEach(standIns::putInto);
        return standIns.replacedIn(answer);
    }

    /** Only there a stand-in is written as the one text by which it is known again. */
    private static boolean isPlainJson(RequestDetails request) {
        return Stream.of(Constants.PARAM_ELEMENTS, Constants.PARAM_SUMMARY, Constants.PARAM_PRETTY)
                        .noneMatch(request.getParameters()::containsKey)
                && RestfulServerUtils.determineResponseEncodingWithDefault(request)
                                .getEncoding()
                        == EncodingEnum.JSON
                && !RestfulServerUtils.prettyPrintResponse(request.getServer(), request);
    }

    /** What is stored as a Bundle stays as it is. */
    private static void collect(Bundle answer, List<Meta> labelled) {
        for (BundleEntryComponent entry : answer.getEntry()) {
            Resource resource = entry.getResource();
            boolean isStored = resource != null && resource.getIdElement().hasVersionIdPart();
            if (isStored && resource.getMeta().hasSecurity()) {
                labelled.add(resource.getMeta());
            } else if (resource instanceof Bundle part && !isStored) {
                collect(part, labelled);
            }
        }
    }
}
