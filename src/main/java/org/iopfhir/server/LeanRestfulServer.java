// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.ETagSupportEnum;
import ca.uhn.fhir.rest.server.RestfulServer;
import jakarta.servlet.http.HttpServletResponse;

/** HAPI's server without its banner. */
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
}
