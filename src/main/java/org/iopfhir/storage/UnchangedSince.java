// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.storage;

import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.NotModifiedException;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Optional;
import org.hl7.fhir.instance.model.api.IBaseResource;

/**
 * {@code If-Modified-Since}. HAPI compares it, which has whole seconds, with the milliseconds of the resource, so that
 * it never holds, and fails on what is no HTTP date, which HTTP wants ignored.
 */
final class UnchangedSince {

    private UnchangedSince() {}

    /** @throws NotModifiedException when {@code resource} has not changed since the date that {@code request} names */
    static void check(RequestDetails request, IBaseResource resource) {
        String header = request.getHeader(Constants.HEADER_IF_MODIFIED_SINCE);
        if (header == null) {
            return;
        }
        // HAPI would look at it once more after this.
        request.setHeaders(Constants.HEADER_IF_MODIFIED_SINCE, List.of());
        // HTTP lets a known ETag decide alone.
        boolean tagDecides = request.getHeader(Constants.HEADER_IF_NONE_MATCH) != null;
        Optional<Instant> since = httpDate(header);
        if (!tagDecides && since.isPresent() && resource.getMeta().getLastUpdated() != null) {
            Instant changed = resource.getMeta().getLastUpdated().toInstant().truncatedTo(ChronoUnit.SECONDS);
            if (!changed.isAfter(since.get())) {
                throw new NotModifiedException("Not modified");
            }
        }
    }

    private static Optional<Instant> httpDate(String header) {
        try {
            return Optional.of(ZonedDateTime.parse(header, DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant());
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
