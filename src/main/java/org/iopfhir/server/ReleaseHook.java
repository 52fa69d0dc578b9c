// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.Constants;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.api.server.ResponseDetails;
import ca.uhn.fhir.rest.server.RestfulServerUtils;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.access.Caller;
import org.iopfhir.audit.EventIds;
import org.iopfhir.audit.PatientsOf;
import org.iopfhir.consent.CounselingNotes;
import org.iopfhir.consent.Notice;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.outcome.Refusal;
import org.iopfhir.outcome.RefusedException;
import org.iopfhir.server.gate.RequestCaller;
import org.iopfhir.storage.ServedTypes;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.Disclosures.Basis;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.storage.disclosure.Viewer.Outside;
import org.iopfhir.storage.journal.DisclosedRow;
import org.jspecify.annotations.Nullable;

/**
 * The last place that an answer to somebody outside of the program passes: asks once more, of everything in it, what
 * permits it, since a consent may have ended while the answer was made; and notes it for the accounting of disclosures.
 */
@Interceptor
public final class ReleaseHook {

    private static final String DISCLOSED = ReleaseHook.class.getName();
    private static final String BY_CONSENT =
            "Disclosed as far, to whom and for what the written consent of the patient permits, 42 CFR 2.31 and 2.33";
    private static final String IN_EMERGENCY = "Disclosed in a medical emergency, as far as it makes necessary, 42 CFR"
            + " 2.51; what the patient has restricted may not be used or disclosed further, 42 CFR 2.26(a)(4)";
    private static final String EMERGENCY = "ETREAT";
    /** The key of what is not stored, which nothing opens. */
    private static final long NOWHERE = -1;

    /** Kinds of summaries that have no place for the statement. */
    private static final Set<String> SHORTENED = Set.of("true", "text");

    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final Disclosures disclosures;
    private final PatientsOf patients;
    private final Part2Settings settings;
    private final Notice notice;
    private final Clock clock;

    ReleaseHook(Disclosures disclosures, PatientsOf patients, Part2Settings settings, Clock clock) {
        this.disclosures = disclosures;
        this.patients = patients;
        this.settings = settings;
        this.notice = new Notice(settings.notice());
        this.clock = clock;
    }

    @Hook(value = Pointcut.SERVER_OUTGOING_RESPONSE, order = Stage.Order.RELEASE)
    public void beforeAnswer(RequestDetails request, ResponseDetails answer) {
        List<Resource> guarded = new ArrayList<>();
        if (answer.getResponseResource() instanceof Resource shown) {
            collect(shown, guarded);
        }
        Outside outside = guarded.isEmpty()
                ? null
                : disclosures
                        .viewer(request)
                        .filter(Viewer::isBound)
                        .flatMap(Viewer::asOutside)
                        .orElse(null);
        if (outside != null) {
            release(request, guarded, outside);
        }
    }

    private void release(RequestDetails request, List<Resource> guarded, Outside outside) {
        List<Shown> all = guarded.stream().map(this::shown).toList();
        Map<Long, Basis> bases = disclosures.bases(all.stream().map(Shown::key).collect(Collectors.toSet()), outside);
        for (Shown shown : all) {
            Basis basis = bases.get(shown.key());
            if (basis == null || !(shown.isPart() || isOfOne(shown.resource(), basis))) {
                throw new RefusedException(new Refusal.Unavailable("What was asked for is changing; ask again", AGAIN));
            }
        }
        keepMeta(request);
        keepFhir(request, all);
        mark(request, all, bases);
        RequestCaller.of(request).ifPresent(caller -> note(request, caller, all, bases));
    }

    /**
     * A resource in an answer, maybe one of several versions or copies.
     *
     * @param isPart whether only some of its elements are there: HAPI makes such a copy for {@code _elements} and
     *               {@code _summary} in a batch, which says no more than the current version
     */
    private record Shown(Resource resource, long key, boolean isPart) {}

    private Shown shown(Resource resource) {
        Optional<Long> key = Disclosures.key(resource);
        if (key.isPresent()) {
            return new Shown(resource, key.get(), false);
        }
        long current = disclosures
                .keyOfCurrent(
                        resource.fhirType(),
                        resource.getIdElement().getIdPart(),
                        resource.getIdElement().getVersionIdPart())
                .orElse(NOWHERE);
        return new Shown(resource, current, true);
    }

    /** The statement is in it, and goes with every record: 2.32. */
    private static void keepMeta(RequestDetails request) {
        String[] elements = request.getParameters().get(Constants.PARAM_ELEMENTS);
        if (elements != null) {
            request.addParameter(Constants.PARAM_ELEMENTS, new String[] {String.join(",", elements) + ",meta"});
        }
        String[] summary = request.getParameters().get(Constants.PARAM_SUMMARY);
        if (summary != null && Arrays.stream(summary).anyMatch(SHORTENED::contains)) {
            // HAPI leaves all extensions out of a summary. A server need not give one.
            request.removeParameter(Constants.PARAM_SUMMARY);
        }
    }

    /** Content as it is has no place for the statement, so what is disclosed comes as FHIR whatever was asked for. */
    private static void keepFhir(RequestDetails request, List<Shown> all) {
        boolean isBinary = all.stream().anyMatch(shown -> shown.resource() instanceof Binary);
        if (isBinary && RestfulServerUtils.determineResponseEncodingNoDefault(request, null) == null) {
            request.addParameter(Constants.PARAM_FORMAT, new String[] {"json"});
        }
    }

    private void mark(RequestDetails request, List<Shown> all, Map<Long, Basis> bases) {
        Map<String, Notice.Mark> byConsent = new HashMap<>();
        bases.values().stream()
                .filter(basis -> basis.consent() != null)
                .forEach(basis -> byConsent.computeIfAbsent(
                        basis.consent(), id -> notice.of(byConsent(request, id, basis.forTpo()))));
        Notice.Mark byEmergency = notice.of(new Notice.Basis(null, IN_EMERGENCY, false));
        all.forEach(shown -> {
            Basis basis = Objects.requireNonNull(bases.get(shown.key()));
            if (basis.consent() != null) {
                notice.mark(shown.resource(), Objects.requireNonNull(byConsent.get(basis.consent())));
            } else if (basis.inEmergency()) {
                notice.mark(shown.resource(), byEmergency);
            }
        });
    }

    private static Notice.Basis byConsent(RequestDetails request, String id, boolean forTpo) {
        return new Notice.Basis(request.getFhirServerBase() + "/Consent/" + id, BY_CONSENT, forTpo);
    }

    /** What was disclosed by the answer to a request. */
    @SuppressWarnings("unchecked")
    static List<DisclosedRow> disclosed(RequestDetails request) {
        Object rows = request.getUserData().get(DISCLOSED);
        return rows == null ? List.of() : (List<DisclosedRow>) rows;
    }

    private void collect(Resource shown, List<Resource> guarded) {
        boolean isStored = shown.getIdElement().hasVersionIdPart();
        if (shown instanceof Bundle bundle && !isStored) {
            for (Bundle.BundleEntryComponent entry : bundle.getEntry()) {
                if (entry.hasResource()) {
                    collect(entry.getResource(), guarded);
                }
            }
        } else if (isStored
                && ServedTypes.names().contains(shown.fhirType())
                && disclosures.isGuarded(shown.fhirType())
                && !shown.fhirType().equals("AuditEvent")) {
            guarded.add(shown);
        }
    }

    /** An older version could be about somebody else than the current one, by which the consent was found. */
    private boolean isOfOne(Resource resource, Basis basis) {
        Set<String> owners = new TreeSet<>();
        patients.addTo(owners, resource);
        boolean isOrigin = resource instanceof Provenance && owners.isEmpty() && basis.patient() != null;
        if (CounselingNotes.isWithNote(resource) || isOrigin) {
            // All versions are of the one note by which it was found; of an origin, none but the current one is shown.
            return true;
        }
        return basis.patient() == null ? basis.writer() != null : owners.equals(Set.of(basis.patient()));
    }

    private void note(RequestDetails request, Caller caller, List<Shown> all, Map<Long, Basis> bases) {
        Map<Grounds, Set<String>> what = new LinkedHashMap<>();
        all.forEach(shown -> {
            Resource resource = shown.resource();
            Basis basis = Objects.requireNonNull(bases.get(shown.key()));
            String patient = basis.patient();
            // What somebody wrote himself he is not told.
            boolean isTold = basis.consent() != null || basis.inEmergency();
            if (isTold && patient != null) {
                what.computeIfAbsent(new Grounds(patient, basis.consent()), any -> new LinkedHashSet<>())
                        .add(resource.getIdElement().toUnqualified().getValue());
            }
        });
        Instant now = clock.instant().truncatedTo(ChronoUnit.MILLIS);
        List<DisclosedRow> rows = what.entrySet().stream()
                .map(entry -> row(
                        party(caller, request), purpose(caller), now, entry.getKey(), List.copyOf(entry.getValue())))
                .toList();
        request.getUserData().put(DISCLOSED, rows);
    }

    private static DisclosedRow.Party party(Caller caller, RequestDetails request) {
        String organization = caller.party().organization();
        String user = caller.user();
        String recipient = organization != null ? "Organization/" + organization : user != null ? user : "";
        String address = request instanceof ServletRequestDetails servlet
                ? servlet.getServletRequest().getRemoteAddr()
                : null;
        return new DisclosedRow.Party(recipient, caller.party().client(), user, address);
    }

    private String purpose(Caller caller) {
        return Objects.requireNonNullElse(caller.grant().purpose(), settings.purpose());
    }

    private static DisclosedRow row(
            DisclosedRow.Party party, String purpose, Instant now, Grounds grounds, List<String> resources) {
        return new DisclosedRow(
                EventIds.next(now),
                grounds.patient(),
                now,
                party,
                grounds.consent() == null ? EMERGENCY : purpose,
                new DisclosedRow.Basis(grounds.consent(), grounds.consent() == null ? "emergency" : "consent"),
                resources);
    }

    private record Grounds(String patient, @Nullable String consent) {}
}
