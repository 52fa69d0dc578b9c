// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.RuntimeSearchParam;
import java.util.List;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Enumerations.PublicationStatus;
import org.hl7.fhir.r4.model.Enumerations.SearchParamType;
import org.hl7.fhir.r4.model.SearchParameter;

/**
 * The patient compartment as one search parameter: a resource is in it when any of its compartment paths leads to the
 * patient. One parameter over the union of the paths lets the database answer "any of them" in one condition, and adds
 * no index row, since HAPI keeps one row per path and target.
 *
 * @see <a href="https://hl7.org/fhir/R4/compartmentdefinition-patient.html">R4 patient compartment</a>
 */
public final class PatientCompartment {

    /** Code of the search parameter. */
    public static final String PARAMETER = "patient-compartment";

    private PatientCompartment() {}

    /** Whether resources of {@code type} can be in a patient's compartment. */
    public static boolean includes(FhirContext fhir, String type) {
        return !paths(fhir, type).isEmpty();
    }

    static SearchParameter searchParameter(FhirContext fhir, String canonicalBase) {
        SearchParameter parameter = new SearchParameter();
        parameter.setId(PARAMETER);
        parameter.setUrl(canonicalBase + "/SearchParameter/" + PARAMETER);
        parameter.setName("PatientCompartment");
        parameter.setCode(PARAMETER);
        parameter.setStatus(PublicationStatus.ACTIVE);
        parameter.setType(SearchParamType.REFERENCE);
        parameter.setDescription("Resources in the compartment of this patient");
        parameter.addTarget("Patient");
        List<String> types = ServedTypes.names().stream()
                .filter(type -> !type.equals("Patient") && includes(fhir, type))
                .toList();
        types.forEach(parameter::addBase);
        parameter.setExpression(types.stream()
                .flatMap(type -> paths(fhir, type).stream())
                .distinct()
                .collect(Collectors.joining(" | ")));
        return parameter;
    }

    static List<String> paths(FhirContext fhir, String type) {
        return fhir.getResourceDefinition(type).getSearchParamsForCompartmentName("Patient").stream()
                .map(RuntimeSearchParam::getPath)
                .flatMap(path -> List.of(path.split("\\|")).stream())
                .map(String::trim)
                .filter(path -> path.startsWith(type + "."))
                .toList();
    }
}
