// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import ca.uhn.fhir.context.FhirContext;
import ca.uhn.fhir.context.support.IValidationSupport;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.r4.model.Questionnaire;
import org.jspecify.annotations.Nullable;

/** Give HAPI's validator the questionnaires of the package, so that a response is checked against its questions. */
final class PublishedForms implements IValidationSupport {
    private final FhirContext fhir;
    private final Map<String, Questionnaire> forms = new HashMap<>();

    PublishedForms(FhirContext fhir, List<Questionnaire> forms) {
        this.fhir = fhir;
        for (Questionnaire form : forms) {
            this.forms.put(form.getUrl(), form);
            this.forms.put(form.getUrl() + "|" + form.getVersion(), form);
        }
    }

    @Override
    public FhirContext getFhirContext() {
        return fhir;
    }

    @Override
    public String getName() {
        return "Questionnaires of the IG package";
    }

    @Override
    public <T extends IBaseResource> @Nullable T fetchResource(@Nullable Class<T> type, String uri) {
        Questionnaire form = forms.get(uri);
        return type != null && type.isInstance(form) ? type.cast(form) : null;
    }
}
