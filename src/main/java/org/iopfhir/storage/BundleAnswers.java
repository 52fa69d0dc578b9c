// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.jpa.dao.r4.TransactionProcessorVersionAdapterR4;
import ca.uhn.fhir.rest.server.exceptions.BaseServerResponseException;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Wordless;
import org.iopfhir.storage.database.DatabaseFailures;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Answers a refused entry of a batch in the same words as the same request alone. */
final class BundleAnswers extends TransactionProcessorVersionAdapterR4 {

    private static final Logger LOG = LoggerFactory.getLogger(BundleAnswers.class);

    private static final String STATUS = BundleAnswers.class.getName();

    private final FailureTranslation translation =
            new FailureTranslation(List.of(new DatabaseFailures(), new UnreadableValues()));

    @Override
    public void populateEntryWithOperationOutcome(BaseServerResponseException failure, BundleEntryComponent entry) {
        String id = UUID.randomUUID().toString();
        FailureTranslation.Answer answer = translation.translate(failure, id);
        if (answer.unexpected()) {
            LOG.error(
                    "entry-failed request={} failure={}", id, failure.getClass().getName(), Wordless.of(failure));
        }
        entry.getResponse().setOutcome(answer.outcome());
        entry.setUserData(STATUS, Integer.toString(answer.status()));
        entry.getResponse().setStatus(Integer.toString(answer.status()));
    }

    /** HAPI sets the status of its own exception before or after the outcome; the translated one stays. */
    @Override
    public void setResponseStatus(BundleEntryComponent entry, String status) {
        Object translated = entry.getUserData(STATUS);
        entry.getResponse().setStatus(translated == null ? status : translated.toString());
    }

    /** HAPI gives the bare version. */
    @Override
    public void setResponseETag(BundleEntryComponent entry, String version) {
        entry.getResponse().setEtag("W/\"" + version + "\"");
    }
}
