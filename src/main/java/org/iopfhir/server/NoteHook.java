// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server;

import ca.uhn.fhir.interceptor.api.Hook;
import ca.uhn.fhir.interceptor.api.Interceptor;
import ca.uhn.fhir.interceptor.api.Pointcut;
import ca.uhn.fhir.interceptor.model.PrePatchDetails;
import ca.uhn.fhir.rest.api.RestOperationTypeEnum;
import ca.uhn.fhir.rest.api.server.IPreResourceShowDetails;
import ca.uhn.fhir.rest.api.server.RequestDetails;
import ca.uhn.fhir.rest.server.exceptions.UnprocessableEntityException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.hl7.fhir.instance.model.api.IBaseBundle;
import org.hl7.fhir.instance.model.api.IBaseResource;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.OperationOutcome.IssueType;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.CounselingNotes;
import org.iopfhir.outcome.FailureTranslation;
import org.iopfhir.outcome.Problem;
import org.iopfhir.storage.disclosure.DisclosureIndex;
import org.iopfhir.storage.disclosure.NoteWords;
import org.jspecify.annotations.Nullable;

/**
 * Keeps the words of counseling notes apart from the record: takes them out of a Binary before it is stored, where an id
 * stays in their place, and puts them back when somebody who may see the Binary asks for it by its id.
 */
@Interceptor
public final class NoteHook {

    private static final String WORDS = NoteHook.class.getName();

    /** Before the id that stands in the place of words. */
    private static final String MARK = "iop-note:";

    private static final Set<RestOperationTypeEnum> OF_ONE = EnumSet.of(
            RestOperationTypeEnum.READ,
            RestOperationTypeEnum.VREAD,
            RestOperationTypeEnum.CREATE,
            RestOperationTypeEnum.UPDATE,
            RestOperationTypeEnum.PATCH,
            RestOperationTypeEnum.TRANSACTION);

    private final NoteWords words;
    private final DisclosureIndex index;

    NoteHook(NoteWords words, DisclosureIndex index) {
        this.words = words;
        this.index = index;
    }

    /** What was taken out of a resource that is being written; a write that lost a race does so with the same object. */
    private static final class Taken {
        private final String id;
        private final byte[] words;

        Taken(String id, byte[] words) {
            this.id = id;
            this.words = words;
        }

        String id() {
            return id;
        }

        byte[] words() {
            return words;
        }
    }

    @Hook(value = Pointcut.STORAGE_TRANSACTION_PROCESSING, order = Stage.Order.LABEL)
    public void beforeTransaction(IBaseBundle bundle) {
        CounselingNotes.labelWords((Bundle) bundle);
    }

    /** A patch is made of what its sender may see, so of the words too. */
    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_PREPATCH, order = Stage.Order.LABEL)
    public void beforePatch(PrePatchDetails patch) {
        if (patch.getResource() instanceof Binary binary && CounselingNotes.areWords(binary)) {
            putBack(binary);
        }
    }

    /** Before {@link LabelHook}, which keeps what is labelled here. */
    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED, order = Stage.Order.LABEL)
    public void labelBeforeCreate(IBaseResource resource) {
        label((Resource) resource);
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED, order = Stage.Order.LABEL)
    public void labelBeforeUpdate(IBaseResource before, IBaseResource after) {
        label((Resource) after);
    }

    private void label(Resource resource) {
        if (resource instanceof Binary binary) {
            IIdType context = binary.getSecurityContext().getReferenceElement();
            if (CounselingNotes.isLocal(context) && index.isNote(context.getResourceType(), context.getIdPart())) {
                CounselingNotes.label(binary);
            }
        }
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_CREATED, order = Stage.Order.SEPARATE)
    public void beforeCreate(IBaseResource resource) {
        takeOut(null, (Resource) resource);
    }

    @Hook(value = Pointcut.STORAGE_PRESTORAGE_RESOURCE_UPDATED, order = Stage.Order.SEPARATE)
    public void beforeUpdate(IBaseResource before, IBaseResource after) {
        if (after instanceof Binary binary) {
            refuseToMove((Binary) before, binary);
        }
        takeOut((Resource) before, (Resource) after);
    }

    private static void refuseToMove(Binary before, Binary after) {
        if (!CounselingNotes.areWords(after)) {
            return;
        }
        if (!CounselingNotes.areWords(before) && before.hasData()) {
            throw refused("Its content was stored with the record, where it cannot be taken out again: store the words"
                    + " of a counseling note in a new Binary");
        }
        String was = context(before);
        if (!was.isEmpty() && CounselingNotes.areWords(before) && !was.equals(context(after))) {
            throw refused(
                    "Binary.securityContext: the words of a counseling note stay with the note, expected was " + was);
        }
    }

    private static String context(Binary binary) {
        IIdType context = binary.getSecurityContext().getReferenceElement();
        return context.isEmpty() ? "" : context.toUnqualifiedVersionless().getValue();
    }

    private void takeOut(@Nullable Resource before, Resource resource) {
        if (CounselingNotes.holdsWords(resource)) {
            throw refused("The words of a counseling note are kept apart from the record (42 CFR 2.11): expected was a"
                    + " Binary of their own, not one inside of " + resource.fhirType());
        }
        if (resource instanceof Binary binary && CounselingNotes.areWords(binary)) {
            takeOut((Binary) before, binary);
        }
    }

    private void takeOut(@Nullable Binary before, Binary binary) {
        if (!binary.hasData()) {
            return;
        }
        String of = binary.getIdElement().getIdPart();
        if (binary.getUserData(WORDS) instanceof Taken taken && Arrays.equals(binary.getData(), mark(taken.id()))) {
            words.keepAgain(taken.id(), of, taken.words());
            return;
        }
        byte[] said = binary.getData();
        String id = before == null
                ? words.keep(of, said)
                : idOf(before).filter(stored -> isSame(stored, of, said)).orElseGet(() -> words.keep(of, said));
        binary.setUserData(WORDS, new Taken(id, said));
        binary.setData(mark(id));
    }

    /** So that writing the same once more makes no new version. */
    private boolean isSame(String id, String of, byte[] said) {
        return words.find(id, of).filter(stored -> Arrays.equals(stored, said)).isPresent();
    }

    /** After {@link AccessHook}, which has taken out what may not be seen. */
    @Hook(value = Pointcut.STORAGE_PRESHOW_RESOURCES, order = Stage.Order.PROTECT)
    public void beforeShow(IPreResourceShowDetails shown, @Nullable RequestDetails request) {
        for (int i = 0; i < shown.size(); i++) {
            if (shown.getResource(i) instanceof Binary binary && CounselingNotes.areWords(binary)) {
                if (request != null && asksForOne(request)) {
                    putBack(binary);
                } else {
                    binary.setData(null);
                }
            }
        }
    }

    /** By its id, or by writing it. */
    private static boolean asksForOne(RequestDetails request) {
        RestOperationTypeEnum use = request.getRestOperationType();
        return use == null ? request.getId() != null && request.getOperation() == null : OF_ONE.contains(use);
    }

    private void putBack(Binary binary) {
        String of = binary.getIdElement().getIdPart();
        // What an earlier release has stored is still in its place.
        idOf(binary).ifPresent(id -> binary.setData(words.find(id, of).orElse(null)));
    }

    private static byte[] mark(String id) {
        return (MARK + id).getBytes(StandardCharsets.US_ASCII);
    }

    /** The id in the place of the words; empty when there are none. */
    private static Optional<String> idOf(Binary binary) {
        String text = binary.hasData() ? new String(binary.getData(), StandardCharsets.US_ASCII) : "";
        return text.startsWith(MARK) ? Optional.of(text.substring(MARK.length())) : Optional.empty();
    }

    private static UnprocessableEntityException refused(String text) {
        List<Problem> problems = List.of(Problem.error(IssueType.BUSINESSRULE, text));
        // HAPI's own exception, since a batch takes an entry's outcome from no other.
        return new UnprocessableEntityException(text, FailureTranslation.outcome(problems));
    }
}
