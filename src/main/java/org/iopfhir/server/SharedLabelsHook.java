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
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.server.standin.LabelTexts;
import org.iopfhir.server.standin.StandIns;
import org.jspecify.annotations.Nullable;

/**
 * Has the security labels and notices that many records carry alike encoded once. HAPI takes longer for those of a record
 * that is disclosed than for all else in it.
 */
@Interceptor
public final class SharedLabelsHook {

    private static final String ANSWER = SharedLabelsHook.class.getName();

    private final LabelTexts texts;

    SharedLabelsHook(FhirContext fhir) {
        this.texts = new LabelTexts(fhir);
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.SHORTEN)
    public void beforeAnswer(@Nullable IBaseResource answer, RequestDetails request) {
        if (answer != null) {
            request.getUserData().put(ANSWER, answer);
        }
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_WRITER_CREATED, order = Stage.Order.SHORTEN)
    public Writer beforeWriting(Writer answer, RequestDetails request) {
        if (!(request.getUserData().get(ANSWER) instanceof Resource resource) || !isPlainJson(request)) {
            return answer;
        }
        StandIns standIns = new StandIns(texts);
        put(standIns, resource);
        return standIns.areThere() ? standIns.replacedIn(answer) : answer;
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
    private static void put(StandIns standIns, Resource shown) {
        if (shown.getIdElement().hasVersionIdPart()) {
            standIns.putInto(shown.getMeta());
        } else if (shown instanceof Bundle part) {
            part.getEntry().stream()
                    .filter(BundleEntryComponent::hasResource)
                    .forEach(entry -> put(standIns, entry.getResource()));
        }
    }
}
