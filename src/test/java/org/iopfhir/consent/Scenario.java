// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.List;
import java.util.stream.IntStream;
import org.hl7.fhir.r4.model.Consent;

/**
 * Consents of one patient, and a request for a record of his.
 *
 * @param plain the consents as they are told of
 * @param request who asks for what
 */
public record Scenario(List<PlainConsent> plain, PlainRequest request) {

    /** Return the consents as resources, whose ids begin with {@code id}. */
    public List<Consent> written(String id, String patient, String program) {
        return IntStream.range(0, plain.size())
                .mapToObj(each -> WrittenConsents.write(plain.get(each), id + each, patient, program))
                .toList();
    }

    /** Return what has to be decided, by rules that share no code with the server. */
    public boolean isPermitted() {
        return PlainRules.mayDisclose(plain, request);
    }
}
