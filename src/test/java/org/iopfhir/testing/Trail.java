// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import org.hl7.fhir.r4.model.AuditEvent;
import org.hl7.fhir.r4.model.AuditEvent.AuditEventEntityComponent;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;

/** Makes a request under an id of its own, and finds what the audit trail says of it. */
public final class Trail {

    private final FhirClient fhir;
    private final String requestId = UUID.randomUUID().toString();
    private final Instant start = Instant.now().truncatedTo(ChronoUnit.SECONDS);

    public Trail(FhirClient fhir) {
        this.fhir = fhir;
    }

    /** Name the request, so that its events can be found. */
    public FhirClient.Call name(FhirClient.Call call) {
        return call.header("X-Request-ID", requestId);
    }

    /** The one event of the requests that were named. */
    public AuditEvent event() {
        List<AuditEvent> events = events();
        if (events.size() != 1) {
            throw new AssertionError("expected one event, not " + events.size());
        }
        return events.get(0);
    }

    /** The events of the requests that were named, the oldest first. */
    public List<AuditEvent> events() {
        List<AuditEvent> events = new ArrayList<>();
        Bundle page = fhir.search("AuditEvent?_sort=date&_count=200&date=ge" + start);
        while (true) {
            page.getEntry().stream()
                    .map(BundleEntryComponent::getResource)
                    .map(AuditEvent.class::cast)
                    .filter(event -> requestIds(event).contains(requestId))
                    .forEach(events::add);
            if (page.getLink("next") == null) {
                return events;
            }
            page = fhir.search(page.getLink("next").getUrl());
        }
    }

    /** {@code interaction action outcome}. */
    public static String summary(AuditEvent event) {
        return event.getSubtypeFirstRep().getCode() + " " + event.getAction().toCode() + " "
                + event.getOutcome().toCode();
    }

    /** References to the patients it is about. */
    public static List<String> patients(AuditEvent event) {
        return event.getEntity().stream()
                .filter(entity -> entity.getType().getCode().equals("1"))
                .map(entity -> entity.getWhat().getReference())
                .toList();
    }

    /** References to the resources it is about. */
    public static List<String> resources(AuditEvent event) {
        return event.getEntity().stream()
                .filter(entity -> "4".equals(entity.getRole().getCode()))
                .map(entity -> entity.getWhat().getReference())
                .toList();
    }

    /** What was asked; empty when it tells none. */
    public static String query(AuditEvent event) {
        return event.getEntity().stream()
                .filter(AuditEventEntityComponent::hasQuery)
                .map(entity -> new String(entity.getQuery(), StandardCharsets.UTF_8))
                .findFirst()
                .orElse("");
    }

    private static List<String> requestIds(AuditEvent event) {
        return event.getEntity().stream()
                .filter(entity -> "XrequestId".equals(entity.getType().getCode()))
                .map(entity -> entity.getWhat().getIdentifier().getValue())
                .toList();
    }
}
