// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.EncodingEnum;
import ca.uhn.fhir.rest.server.exceptions.UnclassifiedServerFailureException;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/**
 * Refuses a request that wants an answer in a form which this server does not write; HAPI would send JSON all the same.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#mime-type">FHIR R4 content types</a>
 */
final class Negotiation {

    private static final int NOT_ACCEPTABLE = 406;

    private static final Set<String> ANYTHING = Set.of("*/*", "application/*", "*");

    private Negotiation() {}

    static void check(ServletRequestDetails request) {
        String[] format = request.getParameters().get(Constants.PARAM_FORMAT);
        boolean served = (format != null && format.length > 0)
                // An unescaped + in a query is a space.
                ? isWritten(format[0].replace(' ', '+'))
                : isAccepted(request);
        if (!served) {
            // The refusal itself must be written in some form.
            request.removeParameter(Constants.PARAM_FORMAT);
            request.setHeaders(Constants.HEADER_ACCEPT, List.of(Constants.CT_FHIR_JSON_NEW));
            throw new UnclassifiedServerFailureException(
                    NOT_ACCEPTABLE, "This server writes application/fhir+json and application/fhir+xml");
        }
    }

    private static boolean isAccepted(ServletRequestDetails request) {
        List<String> headers = request.getHeaders(Constants.HEADER_ACCEPT);
        // A Binary is sent as what it is.
        if (headers == null || headers.isEmpty() || "Binary".equals(request.getResourceName())) {
            return true;
        }
        return headers.stream()
                .flatMap(header -> List.of(header.split(",")).stream())
                .filter(range -> !range.replace(" ", "").matches(".*;q=0(\\.0*)?(;.*)?"))
                .anyMatch(Negotiation::isWritten);
    }

    private static boolean isWritten(String range) {
        String type = range.split(";", 2)[0].trim().toLowerCase(Locale.ROOT);
        EncodingEnum encoding = EncodingEnum.forContentType(type);
        return ANYTHING.contains(type)
                || type.isEmpty()
                || encoding == EncodingEnum.JSON
                || encoding == EncodingEnum.XML
                || type.equals("text/json");
    }
}
