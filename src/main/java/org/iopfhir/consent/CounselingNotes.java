// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.hl7.fhir.instance.model.api.IIdType;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.DomainResource;
import org.hl7.fhir.r4.model.IdType;
import org.hl7.fhir.r4.model.Reference;
import org.hl7.fhir.r4.model.Resource;

/** Tells what is an SUD counseling note (2.11), which is kept apart from the rest of the record. */
public final class CounselingNotes {

    private static final Set<String> LABELS = Set.of("PSYTHPN", "HIPAAPsyNotes");
    private static final List<String> AUTHORS = List.of("author", "performer", "recorder", "asserter", "sender");
    private static final String TYPE = "sud-counseling-note";

    private CounselingNotes() {}

    /** Who wrote it, as a reference, empty when it does not say; nothing when {@code resource} is no such note. */
    public static Optional<String> author(Resource resource) {
        boolean isTyped = resource instanceof DocumentReference document
                && document.getType().getCoding().stream().anyMatch(coding -> TYPE.equals(coding.getCode()));
        return isLabelled(resource) || isTyped ? Optional.of(nameOfAuthor(resource)) : Optional.empty();
    }

    /** Whether a Binary is kept as the words of such a note. */
    public static boolean areWords(Binary binary) {
        return isLabelled(binary);
    }

    /** Whether a resource is the words of a note that it names, in all of its versions, and so is seen by who sees that. */
    public static boolean isWithNote(Resource resource) {
        return resource instanceof Binary binary
                && areWords(binary)
                && isLocal(binary.getSecurityContext().getReferenceElement())
                && !"Patient"
                        .equals(binary.getSecurityContext()
                                .getReferenceElement()
                                .getResourceType());
    }

    /** Say of a Binary that it is the words of such a note. */
    public static void label(Binary binary) {
        LABELS.forEach(code -> {
            Coding label = Labels.label(code);
            if (!binary.getMeta().getSecurity().stream().anyMatch(known -> code.equals(known.getCode()))) {
                binary.getMeta().addSecurity(label);
            }
        });
    }

    /**
     * Label each Binary of a batch or transaction whose security context is a note in another entry: when the Binary is
     * stored, the note may not be yet.
     */
    public static void labelWords(Bundle bundle) {
        Set<String> notes = new HashSet<>();
        for (BundleEntryComponent entry : bundle.getEntry()) {
            if (entry.hasResource() && author(entry.getResource()).isPresent()) {
                notes.add(String.valueOf(entry.getFullUrl()));
                notes.add(String.valueOf(entry.getRequest().getUrl()));
                notes.add(entry.getResource().fhirType() + "/"
                        + entry.getResource().getIdElement().getIdPart());
            }
        }
        for (BundleEntryComponent entry : bundle.getEntry()) {
            if (entry.getResource() instanceof Binary binary
                    && notes.contains(binary.getSecurityContext().getReference())) {
                label(binary);
            }
        }
    }

    /** Whether words of such a note lie inside of {@code resource}, where they cannot be taken out. */
    public static boolean holdsWords(Resource resource) {
        if (resource instanceof Bundle bundle) {
            return bundle.getEntry().stream()
                    .map(BundleEntryComponent::getResource)
                    .filter(Objects::nonNull)
                    .anyMatch(inner -> holdsWords(inner)
                            || (inner instanceof Binary binary && areWords(binary) && binary.hasData()));
        }
        return resource instanceof DomainResource whole
                && author(resource).isPresent()
                && whole.getContained().stream().anyMatch(inner -> inner instanceof Binary binary && binary.hasData());
    }

    /** Ids of the Binaries of this server that a note names as its words. */
    public static Set<String> binaries(Resource note) {
        Set<String> ids = new TreeSet<>();
        if (note instanceof DocumentReference document && author(note).isPresent()) {
            document.getContent().stream()
                    .map(content -> new IdType(content.getAttachment().getUrl()))
                    .filter(url -> "Binary".equals(url.getResourceType()) && isLocal(url))
                    .forEach(url -> ids.add(url.getIdPart()));
        }
        return ids;
    }

    /** Whether a reference is to a resource of this server. */
    public static boolean isLocal(IIdType reference) {
        return reference.hasResourceType() && reference.hasIdPart() && !reference.hasBaseUrl();
    }

    private static boolean isLabelled(Resource resource) {
        return resource.getMeta().getSecurity().stream().anyMatch(label -> LABELS.contains(label.getCode()));
    }

    private static String nameOfAuthor(Resource resource) {
        return AUTHORS.stream()
                .flatMap(name -> Stream.ofNullable(resource.getNamedProperty(name)))
                .flatMap(property -> property.getValues().stream())
                .filter(Reference.class::isInstance)
                .map(author -> ((Reference) author).getReference())
                .filter(Objects::nonNull)
                .findFirst()
                .orElse("");
    }
}
