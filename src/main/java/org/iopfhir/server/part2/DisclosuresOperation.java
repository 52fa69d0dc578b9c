// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.part2;

import ca.uhn.fhir.rest.annotation.IdParam;
import ca.uhn.fhir.rest.annotation.Operation;
import ca.uhn.fhir.rest.annotation.OperationParam;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.InvalidRequestException;
import ca.uhn.fhir.rest.server.exceptions.ResourceNotFoundException;
import ca.uhn.fhir.util.UrlUtil;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleType;
import org.hl7.fhir.r4.model.Bundle.SearchEntryMode;
import org.hl7.fhir.r4.model.DateTimeType;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.IntegerType;
import org.iopfhir.audit.DisclosureForm;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.journal.DisclosedRow;
import org.iopfhir.storage.journal.DisclosureJournal;
import org.iopfhir.storage.search.PageSettings;
import org.jspecify.annotations.Nullable;

/**
 * {@code Patient/x/$disclosures}: to whom records of a patient were disclosed, when, what, why and under which consent.
 * Nothing of it is ever deleted; without a start it goes back as far as 45 CFR 164.528 and 42 CFR 2.25 ask for.
 */
public final class DisclosuresOperation {

    private static final int YEARS = 3;

    private final DisclosureJournal journal;
    private final Disclosures disclosures;
    private final Sources sources;
    private final PageSettings pages;
    private final Clock clock;
    private final DisclosureForm form = new DisclosureForm();

    public DisclosuresOperation(
            DisclosureJournal journal, Disclosures disclosures, Sources sources, PageSettings pages, Clock clock) {
        this.journal = journal;
        this.disclosures = disclosures;
        this.sources = sources;
        this.pages = pages;
        this.clock = clock;
    }

    @Operation(name = "$disclosures", typeName = "Patient", idempotent = true)
    public Bundle disclosures(
            @IdParam IdType id,
            @OperationParam(name = "start") @Nullable DateTimeType start,
            @OperationParam(name = "end") @Nullable DateTimeType end,
            @OperationParam(name = "_count") @Nullable IntegerType count,
            @OperationParam(name = "_offset") @Nullable IntegerType offset,
            RequestDetails request) {
        String patient = id.getIdPart();
        if (!disclosures.isVisible("Patient", patient, request) || !disclosures.exists("Patient", patient)) {
            throw new ResourceNotFoundException("Resource Patient/" + patient + " is not known");
        }
        Asked asked = new Asked(
                patient,
                start == null ? threeYearsAgo() : Moments.begin("start", start),
                end == null ? clock.instant().plusMillis(1) : Moments.end("end", end),
                Math.min(notNegative("_count", count, pages.maximum()), pages.maximum()),
                notNegative("_offset", offset, 0));
        journal.bringUpToDate();
        int total = journal.count(patient, asked.from(), asked.until());
        List<DisclosedRow> page = journal.of(patient, asked.from(), asked.until(), asked.offset(), asked.count());
        return bundle(page, asked, total, request.getFhirServerBase());
    }

    private Instant threeYearsAgo() {
        return clock.instant().atZone(ZoneOffset.UTC).minusYears(YEARS).toInstant();
    }

    private Bundle bundle(List<DisclosedRow> page, Asked asked, int total, String base) {
        Bundle bundle = new Bundle().setType(BundleType.SEARCHSET).setTotal(total);
        int next = asked.offset() + asked.count();
        bundle.addLink().setRelation("self").setUrl(asked.url(base, asked.offset()));
        if (next < total && asked.count() > 0) {
            bundle.addLink().setRelation("next").setUrl(asked.url(base, next));
        }
        if (asked.offset() > 0) {
            bundle.addLink()
                    .setRelation("previous")
                    .setUrl(asked.url(base, Math.max(0, asked.offset() - asked.count())));
        }
        for (DisclosedRow row : page) {
            bundle.addEntry()
                    .setFullUrl("urn:uuid:" + row.id())
                    .setResource(event(row, base))
                    .getSearch()
                    .setMode(SearchEntryMode.MATCH);
        }
        return bundle;
    }

    private AuditEvent event(DisclosedRow row, String base) {
        String consent = row.basis().consent();
        return form.event(
                row,
                new DisclosureForm.Source(sources.of(consent, base), base),
                consent == null ? Optional.empty() : journal.version(consent, row.recorded()));
    }

    private static int notNegative(String name, @Nullable IntegerType value, int absent) {
        if (value == null || value.getValue() == null) {
            return absent;
        }
        if (value.getValue() < 0) {
            throw new InvalidRequestException(name + " must be a whole number, 0 or more");
        }
        return value.getValue();
    }

    /** The next page is of the same time as this one, whatever is disclosed in between. */
    private record Asked(String patient, Instant from, Instant until, int count, int offset) {

        String url(String base, int first) {
            return base + "/Patient/" + patient + "/$disclosures?start="
                    + UrlUtil.escapeUrlParam(from.toString()) + "&end=" + UrlUtil.escapeUrlParam(until.toString())
                    + "&_count=" + count + (first > 0 ? "&_offset=" + first : "");
        }
    }
}
