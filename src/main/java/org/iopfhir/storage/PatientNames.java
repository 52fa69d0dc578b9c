// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.api.dao.IFhirResourceDao;
import ca.uhn.fhir.jpa.searchparam.SearchParameterMap;
import ca.uhn.fhir.rest.api.server.SystemRequestDetails;
import ca.uhn.fhir.rest.param.StringParam;
import java.util.List;
import org.hl7.fhir.r4.model.Patient;

/** Finds patients by name for the server itself, which answers for who gets to see them. */
public final class PatientNames {

    private final IFhirResourceDao<Patient> patients;

    PatientNames(IFhirResourceDao<Patient> patients) {
        this.patients = patients;
    }

    /** The first patients any part of whose name begins with {@code name}. */
    public List<Patient> find(String name, int atMost) {
        SearchParameterMap search = new SearchParameterMap("name", new StringParam(name));
        search.setLoadSynchronousUpTo(atMost);
        return patients.search(search, new SystemRequestDetails()).getAllResources().stream()
                .map(Patient.class::cast)
                .toList();
    }
}
