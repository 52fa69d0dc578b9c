// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.testing;

import java.nio.charset.StandardCharsets;
import org.hl7.fhir.r4.model.Binary;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.DocumentReference;
import org.hl7.fhir.r4.model.Enumerations.DocumentReferenceStatus;
import org.hl7.fhir.r4.model.InstantType;
import org.hl7.fhir.r4.model.Reference;
import org.jspecify.annotations.Nullable;

/**
 * SUD counseling notes of one patient.
 *
 * @param invented tags them
 * @param patient  reference
 * @param clinic   reference to the program that keeps them
 * @param author   reference
 */
public record Notes(Invented invented, String patient, String clinic, String author) {

    /** A note whose words are elsewhere. */
    public DocumentReference note() {
        DocumentReference note = invented.tagged(new DocumentReference());
        note.setStatus(DocumentReferenceStatus.CURRENT);
        note.getType()
                .addCoding(new Coding(
                        "https://iop-fhir.org/fhir/CodeSystem/iop-document",
                        "sud-counseling-note",
                        "SUD counseling note"))
                .addCoding(new Coding("http://terminology.hl7.org/CodeSystem/v3-NullFlavor", "UNK", null));
        note.addCategory()
                .addCoding(new Coding(
                        "http://hl7.org/fhir/us/core/CodeSystem/us-core-documentreference-category",
                        "clinical-note",
                        null));
        note.setSubject(new Reference(patient));
        note.setDateElement(new InstantType("2026-03-04T18:20:00-06:00"));
        note.addAuthor(new Reference(author));
        note.setCustodian(new Reference(clinic));
        note.addContent().getAttachment().setContentType("text/plain").setUrl("https://notes.example.org/7f3a91");
        return note;
    }

    /** Words, of a note if {@code context} is one. */
    public Binary words(@Nullable String context, String said) {
        Binary binary = invented.tagged(new Binary());
        binary.setContentType("text/plain");
        binary.setData(said.getBytes(StandardCharsets.UTF_8));
        if (context != null) {
            binary.setSecurityContext(new Reference(context));
        }
        return binary;
    }

    /** A transaction of a note and its words, in which each names the other. */
    public Bundle withWords(String said) {
        Bundle bundle = Invented.transaction();
        String ofNote = Invented.placeholder();
        String ofWords = Invented.placeholder();
        DocumentReference note = note();
        note.getContentFirstRep().getAttachment().setUrl(ofWords);
        Invented.post(bundle, ofNote, note);
        Invented.post(bundle, ofWords, words(ofNote, said));
        return bundle;
    }
}
