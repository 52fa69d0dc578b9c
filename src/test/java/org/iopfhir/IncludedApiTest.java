// SPDX-License-Identifier: Apache-2.0
package org.iopfhir;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Observation;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.iopfhir.access.Role;
import org.iopfhir.storage.BundleStore;
import org.iopfhir.testing.Answer;
import org.iopfhir.testing.Callers;
import org.iopfhir.testing.FhirClient;
import org.iopfhir.testing.Invented;
import org.iopfhir.testing.RunningServer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a page includes tells nothing of what it may not include, and nothing is left out without a word. */
class IncludedApiTest {

    private static final int AT_MOST = 1000;

    private final FhirClient counselor = RunningServer.client(Callers.staff(Role.COUNSELOR));
    private final Invented invented = new Invented();
    private final String patient = RunningServer.client().store(invented.patient("Viele"));
    private final String search = "Patient?_id=" + new IdType(patient).getIdPart() + "&_revinclude=Observation:patient";

    @Test
    void whatIsIncludedComesByTypeAndId() {
        store(40, null);

        List<String> included = Answer.included(counselor.search(search + "&_revinclude=Provenance:patient"));

        assertThat(included).hasSize(40).isSorted();
    }

    @Test
    void aPageThatIncludesTooMuchIsRefusedAndHiddenRecordsDoNotCount() {
        store(AT_MOST, null);
        store(1, "PSYTHPN");

        assertThat(Answer.included(counselor.search(search))).hasSize(AT_MOST);
        store(1, null);
        counselor.get(search).send().refusal(403, IssueType.TOOCOSTLY);
    }

    private void store(int count, @Nullable String label) {
        Bundle transaction = Invented.transaction();
        for (int i = 0; i < count; i++) {
            Observation observation = invented.observation(patient);
            if (label != null) {
                observation
                        .getMeta()
                        .addSecurity(new Coding("http://terminology.hl7.org/CodeSystem/v3-ActCode", label, null));
            }
            Invented.post(transaction, Invented.placeholder(), observation);
        }
        RunningServer.bean(BundleStore.class).store(transaction);
    }
}
