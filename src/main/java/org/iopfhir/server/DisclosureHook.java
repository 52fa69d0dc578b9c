// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Consent;
import org.hl7.fhir.r4.model.Provenance;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.ConsentReader;
import org.iopfhir.consent.ConsentReading;
import org.iopfhir.consent.ContentClass;
import org.iopfhir.consent.CounselingNotes;
import org.iopfhir.consent.Custodians;
import org.iopfhir.consent.Part2Settings;
import org.iopfhir.consent.RecordDates;
import org.iopfhir.consent.TreatingOrganizations;
import org.iopfhir.storage.ServedTypes;
import org.iopfhir.storage.ServerIds;
import org.iopfhir.storage.disclosure.DisclosureIndex;
import org.iopfhir.storage.disclosure.Disclosures;
import org.iopfhir.storage.disclosure.RecordFacts;
import org.iopfhir.storage.disclosure.Viewer;
import org.jspecify.annotations.Nullable;

/**
 * Notes, with every write, what decides who may see the record, and what a consent permits. It comes after all that can
 * still change or refuse the write.
 */
@Interceptor
public final class DisclosureHook {

    private static final String PATIENT = "Patient/";

    private final DisclosureIndex index;
    private final Disclosures disclosures;
    private final PatientsNamed patients;
    private final Part2Settings settings;
    private final ConsentReader reader = new ConsentReader();

    DisclosureHook(DisclosureIndex index, Disclosures disclosures, PatientsNamed patients, Part2Settings settings) {
        this.index = index;
        this.disclosures = disclosures;
        this.patients = patients;
        this.settings = settings;
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_CREATED, order = Stage.Order.INDEX)
    public void beforeCommitOfCreate(IBaseResource resource, @Nullable RequestDetails request) {
        requireGivenId(null, (Resource) resource, request);
        note((Resource) resource, true, request);
        requireWordsApart((Resource) resource, request);
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_UPDATED, order = Stage.Order.INDEX)
    public void beforeCommitOfUpdate(IBaseResource before, IBaseResource after, @Nullable RequestDetails request) {
        requireGivenId((Resource) before, (Resource) after, request);
        note((Resource) after, false, request);
        requireWordsApart((Resource) after, request);
    }

    @Hook(value = Pointcut.STORAGE_PRECOMMIT_RESOURCE_DELETED, order = Stage.Order.INDEX)
    public void beforeCommitOfDelete(IBaseResource resource, @Nullable RequestDetails request) {
        if (disclosures.isGuarded(resource.fhirType())) {
            index.remove(key(resource));
        }
        if (resource instanceof Consent consent) {
            index.putPermits(consent.getIdElement().getIdPart(), "", List.of());
            RevocationFence.consentIsWritten(request);
        }
    }

    /**
     * An id that a client may choose would tell of the note: it could not be given to anything else. So a note has one
     * that this server gave.
     */
    private void requireGivenId(@Nullable Resource before, Resource after, @Nullable RequestDetails request) {
        boolean isNewNote = CounselingNotes.author(after).isPresent()
                && (before == null || CounselingNotes.author(before).isEmpty());
        if (isNewNote
                && disclosures.viewer(request).isPresent()
                && !ServerIds.isGiven(after.getIdElement().getIdPart())) {
            throw new UnprocessableEntityException("An SUD counseling note is stored with POST, under an id that the"
                    + " server gives it: an id of the client's choice would tell others that there is a note");
        }
    }

    /** What the server itself stores anew was stored before. */
    private void requireWordsApart(Resource resource, @Nullable RequestDetails request) {
        if (disclosures.viewer(request).isPresent()) {
            index.putWords(CounselingNotes.binaries(resource));
        }
    }

    /** Note what an earlier release has stored, within the running transaction; for a deleted one as it was before. */
    void noteEarlier(Resource resource, boolean isDeleted) {
        if (!isDeleted) {
            note(resource, true, null);
            return;
        }
        long key = key(resource);
        index.put(facts(resource, key, Optional.empty()), true);
        index.remove(key);
    }

    private void note(Resource resource, boolean isNew, @Nullable RequestDetails request) {
        if (!disclosures.isGuarded(resource.fhirType())) {
            return;
        }
        long key = key(resource);
        Optional<Viewer> writer = disclosures.viewer(request);
        RecordFacts facts = facts(resource, key, writer);
        index.put(facts, isNew);
        noteContext(resource, facts, writer);
        if (resource instanceof Provenance origin) {
            noteTargets(origin, facts);
        }
        if (resource instanceof Consent consent) {
            notePermits(consent);
            RevocationFence.consentIsWritten(request);
        }
        if (TreatingOrganizations.mayBeIn(resource.fhirType()) && facts.patient() != null) {
            // Nobody makes himself a treating provider.
            Set<String> tied = facts.writer() == null ? TreatingOrganizations.in(resource) : Set.of();
            index.putTies(key, facts.patient(), tied);
        }
    }

    /** What has a patient of its own is seen by that. */
    private void noteTargets(Provenance origin, RecordFacts facts) {
        List<IIdType> targets =
                origin.getTarget().stream().map(Reference::getReferenceElement).toList();
        boolean areHere = targets.stream()
                .allMatch(target -> CounselingNotes.isLocal(target) && disclosures.isGuarded(target.getResourceType()));
        List<String> followed = facts.patient() == null && areHere
                ? targets.stream()
                        .map(target -> target.toUnqualifiedVersionless().getValue())
                        .toList()
                : List.of();
        index.putTargets(facts.key(), followed, patients.named(origin));
    }

    private void noteContext(Resource resource, RecordFacts facts, Optional<Viewer> writer) {
        if (resource instanceof Binary binary) {
            IIdType context = binary.getSecurityContext().getReferenceElement();
            if (CounselingNotes.isLocal(context) && ServedTypes.names().contains(context.getResourceType())) {
                boolean isGuarded = disclosures.isGuarded(context.getResourceType());
                index.putContext(facts, binary.getIdElement().getIdPart(), context, isGuarded, writer);
            }
        }
    }

    private RecordFacts facts(Resource resource, long key, Optional<Viewer> writer) {
        return new RecordFacts(
                key,
                custodian(resource, writer),
                patients.onlyOne(resource).orElse(null),
                ContentClass.of(resource).text(),
                author(resource, writer),
                writer.filter(Viewer::isBound)
                        .flatMap(Viewer::asOutside)
                        .map(Viewer.Outside::organization)
                        .map(id -> "Organization/" + id)
                        .orElse(null),
                RecordDates.of(resource).map(when -> when.toEpochMilli()).orElse(RecordFacts.UNDATED));
    }

    /** Who stores a note that names no author is taken for him, as else nobody could ever see it again. */
    private static @Nullable String author(Resource resource, Optional<Viewer> writer) {
        return CounselingNotes.author(resource)
                .map(named -> named.isEmpty()
                        ? writer.map(Viewer::inside)
                                .flatMap(inside -> inside.notes().stream()
                                        .filter(author -> !author.isEmpty())
                                        .findFirst())
                                .orElse("")
                        : named)
                .orElse(null);
    }

    private String custodian(Resource resource, Optional<Viewer> writer) {
        List<String> programs = settings.programs();
        if (programs.isEmpty()) {
            return "";
        }
        return Custodians.of(resource, programs)
                .or(() -> writer.map(Viewer::inside)
                        .filter(inside -> inside.programs().size() == 1)
                        .map(inside -> inside.programs().iterator().next()))
                .orElse(programs.get(0));
    }

    private void notePermits(Consent consent) {
        ConsentReading reading = reader.read(consent);
        String patient = reading.patient();
        index.putPermits(
                consent.getIdElement().getIdPart(),
                patient.startsWith(PATIENT) ? patient.substring(PATIENT.length()) : patient,
                Permits.of(reading, settings.programs()));
    }

    private static long key(IBaseResource resource) {
        return Disclosures.key(resource)
                .orElseThrow(() -> new IllegalStateException(resource.fhirType() + " has no key in the database"));
    }
}
