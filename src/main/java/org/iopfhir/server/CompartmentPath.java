// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.MethodNotAllowedException;
import org.iopfhir.storage.CompartmentUrl;
import org.iopfhir.storage.PatientCompartment;

/** Reads the path {@code Patient/x/Observation} as a search of Observation, before HAPI looks for who serves it. */
@Interceptor
public final class CompartmentPath {

    private static final String SEARCH = "_search";

    private final CompartmentUrl compartment;

    CompartmentPath(CompartmentUrl compartment) {
        this.compartment = compartment;
    }

    @Hook(value = Pointcut.SERVER_INCOMING_REQUEST_PRE_HANDLER_SELECTED, order = Stage.Order.IDENTIFY)
    public void read(RequestDetails request) {
        String type = request.getCompartmentName();
        if (type == null || request.getId() == null || type.startsWith("_") || type.startsWith("$")) {
            return;
        }
        compartment.check(request.getResourceName(), type);
        boolean isPost = request.getRequestType() == RequestTypeEnum.POST;
        if (request.getRequestType() != RequestTypeEnum.GET && !(isPost && SEARCH.equals(request.getOperation()))) {
            throw new MethodNotAllowedException("A compartment can only be searched", RequestTypeEnum.GET);
        }
        String owner = "Patient/" + request.getId().getIdPart();
        request.setResourceName(type);
        request.setId(null);
        request.setCompartmentName(null);
        request.setRequestPath(isPost ? type + "/" + SEARCH : type);
        request.addParameter(PatientCompartment.PARAMETER, new String[] {owner});
    }
}
