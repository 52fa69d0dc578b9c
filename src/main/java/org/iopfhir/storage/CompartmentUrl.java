// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;

/**
 * Reads {@code Patient/x/Observation} as the search {@code Observation?patient-compartment=Patient/x}.
 *
 * @see <a href="https://hl7.org/fhir/R4/http.html#vsearch">FHIR R4 variant searches</a>
 */
public final class CompartmentUrl {

    private static final Pattern PATH =
            Pattern.compile("/?([A-Z][A-Za-z]+)/([A-Za-z0-9.-]{1,64})/([A-Z*][A-Za-z]*)(\\?.*)?");

    private final FhirContext fhir;

    public CompartmentUrl(FhirContext fhir) {
        this.fhir = fhir;
    }

    /** The search that {@code url} of a Bundle entry stands for; {@code url} itself when it names no compartment. */
    String rewrite(String url) {
        Matcher path = PATH.matcher(url);
        if (!path.matches()) {
            return url;
        }
        check(path.group(1), path.group(3));
        String condition = "?" + PatientCompartment.PARAMETER + "=Patient/" + path.group(2);
        String query = path.group(4);
        return path.group(3) + condition + (query == null || query.length() < 2 ? "" : "&" + query.substring(1));
    }

    /**
     * Check that a compartment search is served.
     *
     * @param owner type whose compartment it is
     * @param type  type that is searched in it
     */
    public void check(String owner, String type) {
        if (!owner.equals("Patient")) {
            throw unsupported("The only compartment served is that of a Patient");
        }
        if (type.equals("*")) {
            throw unsupported("All types at once are served by Patient/[id]/$everything");
        }
        if (!ServedTypes.names().contains(type)) {
            throw new ResourceNotFoundException("Unknown resource type " + type);
        }
        if (type.equals("Patient") || !PatientCompartment.includes(fhir, type)) {
            throw unsupported(type + " is not in the compartment of a Patient");
        }
    }

    private static InvalidRequestException unsupported(String text) {
        return new InvalidRequestException(
                text, FailureTranslation.outcome(List.of(Problem.error(IssueType.NOTSUPPORTED, text))));
    }
}
