// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.gate;

import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.servlet.ServletRequestDetails;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Stream;
import org.iopfhir.access.Caller;
import org.iopfhir.access.Role;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.consent.Purposes;
import org.iopfhir.storage.disclosure.Viewer;
import org.iopfhir.storage.disclosure.Viewer.Inside;
import org.iopfhir.storage.disclosure.Viewer.Outside;
import org.iopfhir.storage.disclosure.Viewers;
import org.jspecify.annotations.Nullable;

/**
 * Says what a caller is under 42 CFR Part 2: part of the program (2.12(c)(3) and (4)), the patient himself (2.23), or
 * somebody to whom only a consent opens a record (2.33).
 */
public final class CallerViewers implements Viewers {

    private static final Set<Role> OUTSIDE = EnumSet.of(Role.PARTNER_SYSTEM, Role.FAMILY_MEMBER);

    /** A patient lets his family see "at the request of the patient", which suffices as a purpose: 2.31(a)(5). */
    private static final Set<String> OF_FAMILY = Set.of("PATRQT", "FAMRQT");

    private static final String OPENED = CallerViewers.class.getName();
    private static final String ORGANIZATION = "Organization/";
    private static final Set<RestOperationTypeEnum> WRITES = EnumSet.of(
            RestOperationTypeEnum.CREATE,
            RestOperationTypeEnum.UPDATE,
            RestOperationTypeEnum.PATCH,
            RestOperationTypeEnum.DELETE,
            RestOperationTypeEnum.TRANSACTION);

    private static final String EVERYTHING = "$everything";
    private static final String NOTE = "PSYTHPN";
    private static final String NOTE_TYPE = "sud-counseling-note";

    private final Part2Settings settings;
    private final Function<String, Set<String>> emergencies;

    /**
     * @param emergencies ids of the patients whose records a caller, by its {@link #nameOf name}, has opened in a medical
     *                    emergency
     */
    public CallerViewers(Part2Settings settings, Function<String, Set<String>> emergencies) {
        this.settings = settings;
        this.emergencies = emergencies;
    }

    @Override
    public Optional<Viewer> of(@Nullable RequestDetails request) {
        return request == null ? Optional.empty() : RequestCaller.of(request).map(caller -> viewer(caller, request));
    }

    /** Whether the sender of a request sees no more than what consents permit. */
    public boolean isBound(HttpServletRequest request) {
        return RequestCaller.of(request)
                .map(caller -> inside(caller, Set.of()) == null)
                .orElse(false);
    }

    /** By which somebody is known who has opened a record: the system, and who uses it. */
    public static String nameOf(Caller caller) {
        return String.join(
                " ",
                String.valueOf(caller.party().organization()),
                caller.party().client(),
                caller.party().subject());
    }

    /**
     * What somebody would be who is named as the recipient of a disclosure, and has opened nothing in an emergency.
     *
     * @param reference to an Organization, RelatedPerson or Practitioner
     * @param purpose   code of v3 PurposeOfUse; {@code null}: what a request has that names none. A family member has
     *                  always the same
     */
    public Viewer recipient(String reference, @Nullable String purpose) {
        String organization = reference.startsWith(ORGANIZATION) ? reference.substring(ORGANIZATION.length()) : null;
        if (organization != null && settings.serviceOrganizations().contains(organization)) {
            return new Viewer(new Inside(Set.copyOf(settings.programs()), Set.of()), null, null);
        }
        if (organization != null && settings.programs().contains(organization)) {
            return new Viewer(new Inside(Set.of(organization), Set.of()), null, null);
        }
        Set<String> purposes = reference.startsWith("RelatedPerson/")
                ? OF_FAMILY
                : Purposes.satisfiedBy(purpose == null ? settings.purpose() : purpose);
        Set<String> designations = organization == null ? Set.of() : designations(organization);
        return new Viewer(null, null, new Outside(Set.of(reference), designations, organization, purposes, Set.of()));
    }

    private Viewer viewer(Caller caller, RequestDetails request) {
        return new Viewer(
                inside(caller, asksForNotes(request) ? authors(caller) : Set.of()),
                caller.self(),
                outside(caller, request));
    }

    /** Asked once for each request. */
    @SuppressWarnings("unchecked")
    private Set<String> openedBy(Caller caller, RequestDetails request) {
        if (!caller.party().roles().contains(Role.PARTNER_SYSTEM)) {
            return Set.of();
        }
        HttpServletRequest http = ((ServletRequestDetails) request).getServletRequest();
        if (http.getAttribute(OPENED) instanceof Set<?> known) {
            return (Set<String>) known;
        }
        Set<String> opened = emergencies.apply(nameOf(caller));
        http.setAttribute(OPENED, opened);
        return opened;
    }

    /** One's own notes; those that came from elsewhere and name no author here are the medical director's to look at. */
    private static Set<String> authors(Caller caller) {
        Set<String> authors = new TreeSet<>();
        if (caller.user() != null) {
            authors.add(caller.user());
        }
        if (caller.party().roles().contains(Role.MEDICAL_DIRECTOR)) {
            authors.add("");
        }
        return authors;
    }

    private @Nullable Inside inside(Caller caller, Set<String> notes) {
        Set<Role> roles = caller.party().roles();
        String organization = caller.party().organization();
        boolean isService =
                organization != null && settings.serviceOrganizations().contains(organization);
        boolean works = roles.stream().anyMatch(role -> role != Role.PATIENT && !OUTSIDE.contains(role));
        if (isService && (works || roles.contains(Role.PARTNER_SYSTEM))) {
            return new Inside(Set.copyOf(settings.programs()), notes);
        }
        if (!works) {
            return null;
        }
        if (settings.programs().isEmpty()) {
            return new Inside(Set.of(), notes);
        }
        String program = organization == null ? settings.programs().get(0) : organization;
        return settings.programs().contains(program) ? new Inside(Set.of(program), notes) : null;
    }

    private @Nullable Outside outside(Caller caller, RequestDetails request) {
        Set<Role> roles = caller.party().roles();
        String organization = caller.party().organization();
        boolean isProgram = organization != null && settings.programs().contains(organization);
        if (isProgram || roles.stream().allMatch(role -> role == Role.PATIENT)) {
            return null;
        }
        Set<String> recipients = new TreeSet<>();
        if (organization != null) {
            recipients.add(ORGANIZATION + organization);
        }
        if (caller.user() != null && caller.self() == null) {
            recipients.add(caller.user());
        }
        boolean isFamily = roles.contains(Role.FAMILY_MEMBER);
        return new Outside(
                recipients,
                organization == null ? Set.of() : designations(organization),
                organization,
                isFamily ? OF_FAMILY : purposes(caller),
                openedBy(caller, request));
    }

    private Set<String> purposes(Caller caller) {
        String asked = caller.grant().purpose();
        return Purposes.satisfiedBy(asked == null ? settings.purpose() : asked);
    }

    /** General names under which a consent may mean an Organization, if it treats the patient or pays for him. */
    private Set<String> designations(String organization) {
        Set<String> names = new TreeSet<>(Set.of("tpo"));
        for (Map.Entry<String, List<String>> intermediary :
                settings.intermediaries().entrySet()) {
            if (intermediary.getValue().contains(organization)) {
                names.add("via:" + ORGANIZATION + intermediary.getKey());
            }
        }
        return names;
    }

    /**
     * A search shows counseling notes only to who asks for them by name; a single one is asked for by its id. The record
     * of a patient, and all changes of a type, never hold them.
     */
    private static boolean asksForNotes(RequestDetails request) {
        boolean isOne = request.getId() != null && !EVERYTHING.equals(request.getOperation());
        boolean isWrite = request.getRestOperationType() != null && WRITES.contains(request.getRestOperationType());
        return isOne
                || isWrite
                || Stream.of("_security", "type", "category")
                        .flatMap(name ->
                                Stream.ofNullable(request.getParameters().get(name)))
                        .flatMap(Arrays::stream)
                        .anyMatch(value -> value.contains(NOTE) || value.contains(NOTE_TYPE));
    }
}
