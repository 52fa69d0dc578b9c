// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.api.RequestTypeEnum;
import ca.uhn.fhir.rest.api.SummaryEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.ETagSupportEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.MethodNotAllowedException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.rest.server.method.BaseMethodBinding;
import ca.uhn.fhir.rest.server.method.HistoryMethodBinding;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** HAPI's server without its banner, and with the status codes of HTTP where HAPI answers 400 to everything. */
final class LeanRestfulServer extends RestfulServer {

    private static final long serialVersionUID = 1L;

    LeanRestfulServer(FhirContext fhir) {
        super(fhir);
        setDefaultResponseEncoding(EncodingEnum.JSON);
        setDefaultPrettyPrint(false);
        setETagSupport(ETagSupportEnum.ENABLED);
    }

    /** HAPI would name the software and its version here, which helps only whoever looks for a known hole. */
    @Override
    public void addHeadersToResponse(HttpServletResponse response) {
        // none
    }

    @Override
    protected ServletRequestDetails newRequestDetails(
            RequestTypeEnum method, HttpServletRequest request, HttpServletResponse response) {
        ServletRequestDetails details = new ServletRequestDetails(new HooksOnce(getInterceptorService()));
        details.setServer(this);
        details.setRequestType(method);
        details.setServletRequest(request);
        details.setServletResponse(response);
        return details;
    }

    /** HEAD is GET, of which the container sends no body; HAPI knows it only for reads. */
    @Override
    protected void handleRequest(RequestTypeEnum method, HttpServletRequest request, HttpServletResponse response)
            throws ServletException, IOException {
        super.handleRequest(method == RequestTypeEnum.HEAD ? RequestTypeEnum.GET : method, request, response);
    }

    @Override
    protected void validateRequest(ServletRequestDetails request) {
        super.validateRequest(request);
        Negotiation.check(request);
        if (request.getHeader(Constants.HEADER_CONTENT_LOCATION) != null) {
            // HAPI would take the id of a PUT from this header, and so write elsewhere than the URL says.
            populateRequestDetailsFromRequestPath(request, request.getRequestPath());
        }
    }

    /** Asked for each request, and for each entry of a Bundle. */
    @Override
    public BaseMethodBinding determineResourceMethod(RequestDetails request, String path) {
        checkSummary(request);
        if (request.getRequestType() == RequestTypeEnum.POST
                && request.getId() != null
                && request.getOperation() == null) {
            throw new MethodNotAllowedException("A POST must not name an id", allowed(request));
        }
        if (path.isEmpty()
                && request.getRequestType() != RequestTypeEnum.POST
                && request.getRequestType() != RequestTypeEnum.GET) {
            throw new MethodNotAllowedException("The base takes Bundles by POST", RequestTypeEnum.POST);
        }
        BaseMethodBinding method = super.determineResourceMethod(request, path);
        if (method instanceof HistoryMethodBinding && request.getRequestType() != RequestTypeEnum.GET) {
            throw new MethodNotAllowedException("A history can only be read", RequestTypeEnum.GET);
        }
        return method;
    }

    private static void checkSummary(RequestDetails request) {
        String[] summary = request.getParameters().get(Constants.PARAM_SUMMARY);
        if (summary != null && summary.length > 0 && SummaryEnum.fromCode(summary[0]) == null) {
            throw new InvalidRequestException("_summary must be true, text, data, count or false");
        }
    }

    @Override
    protected void throwUnknownFhirOperationException(RequestDetails request, String path, RequestTypeEnum method) {
        String operation = request.getOperation();
        if (operation != null && operation.startsWith("$")) {
            throw new ResourceNotFoundException("There is no operation " + operation + " here");
        }
        if (method != RequestTypeEnum.GET) {
            throw new MethodNotAllowedException(method + " is not allowed here", allowed(request));
        }
        super.throwUnknownFhirOperationException(request, path, method);
    }

    private static RequestTypeEnum[] allowed(RequestDetails request) {
        if (request.getResourceName() == null || request.getOperation() != null) {
            return new RequestTypeEnum[] {RequestTypeEnum.GET, RequestTypeEnum.POST};
        } else if (request.getId() == null) {
            return new RequestTypeEnum[] {
                RequestTypeEnum.GET,
                RequestTypeEnum.POST,
                RequestTypeEnum.PUT,
                RequestTypeEnum.PATCH,
                RequestTypeEnum.DELETE
            };
        } else {
            return new RequestTypeEnum[] {
                RequestTypeEnum.GET, RequestTypeEnum.PUT, RequestTypeEnum.PATCH, RequestTypeEnum.DELETE
            };
        }
    }
}
