// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Condition;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Patient;
import org.hl7.fhir.r4.model.RelatedArtifact;
import org.hl7.fhir.r4.model.Resource;
import org.iopfhir.consent.Notice.Basis;
import org.iopfhir.consent.Notice.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class NoticeTest {

    private static final Basis TPO =
            new Basis("https://fhir.example.org/Consent/tpo", "For treatment, payment and operations", true);
    private static final Basis COURT =
            new Basis("https://fhir.example.org/Consent/court", "To the drug court, attendance only", false);

    private final Notice notice = new Notice(Statement.SHORT);

    /** 89 FR 12472, 42 CFR 2.32(a)(1) and (2), from its own copy of the words. */
    @Test
    void statesTheWordsOfTheRegulation() {
        assertThat(Statement.SHORT.text())
                .isEqualTo("42 CFR part 2 prohibits unauthorized use or disclosure of these records.");
        assertThat(Statement.FULL.text())
                .startsWith(
                        "This record which has been disclosed to you is protected by Federal confidentiality rules "
                                + "(42 CFR part 2). These rules prohibit you from using or disclosing this record, or testimony")
                .contains(
                        "except as provided at 42 CFR 2.12(c)(5) or as authorized by a court in accordance with 42 CFR "
                                + "2.64 or 2.65. In addition, the Federal rules")
                .endsWith("to further use or redisclose the record (see 42 CFR 2.31).")
                .doesNotContain("  ")
                .hasSize(1325);
    }

    @ParameterizedTest
    @EnumSource(Statement.class)
    void putsTheStatementAndTheConsentIntoTheMeta(Statement statement) {
        Patient patient = new Patient();

        new Notice(statement).mark(patient, TPO);

        assertThat(statements(patient)).containsExactly(statement.text());
        RelatedArtifact artifact = artifact(patient);
        assertThat(artifact.getResource()).isEqualTo("https://fhir.example.org/Consent/tpo");
        assertThat(artifact.getDisplay()).isEqualTo("For treatment, payment and operations");
    }

    @Test
    void takesNoConsentOfWhichNobodyElsewhereKnowsWhereItIs() {
        assertThatThrownBy(() -> new Basis("Consent/1", "For treatment", true))
                .isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> new Basis(null, " ", true)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void saysTheScopeInWordsWhereNoConsentCanBeReferredTo() {
        Patient patient = new Patient();

        notice.mark(patient, new Basis(null, "A paper of May 2, for the pharmacy", true));

        assertThat(artifact(patient).hasResource()).isFalse();
        assertThat(artifact(patient).getDisplay()).isEqualTo("A paper of May 2, for the pharmacy");
    }

    @Test
    void forbidsToDiscloseOnUnlessTheConsentIsForTpo() {
        Patient forTpo = new Patient();
        Patient forCourt = new Patient();

        notice.mark(forTpo, TPO);
        notice.mark(forCourt, COURT);

        assertThat(codes(forTpo)).containsExactly("RedisclosureProhibitionMark");
        assertThat(codes(forCourt)).containsExactlyInAnyOrder("RedisclosureProhibitionMark", "NORDSCLCD");
    }

    @Test
    void saysItOnceHoweverOftenItIsDisclosed() {
        Patient patient = new Patient();
        new Notice(Statement.FULL).mark(patient, COURT);

        notice.mark(patient, TPO);
        notice.mark(patient, COURT);

        assertThat(codes(patient)).containsExactlyInAnyOrder("NORDSCLCD", "RedisclosureProhibitionMark");
        assertThat(statements(patient)).containsExactly(Statement.SHORT.text());
        assertThat(artifact(patient).getResource()).isEqualTo("https://fhir.example.org/Consent/court");
    }

    @Test
    void keepsTheLabelsAndExtensionsThatAreThere() {
        Patient patient = new Patient();
        patient.getMeta().addSecurity(HighWaterMark.CONFIDENTIALITY, "V", null);
        patient.getMeta().addExtension("https://example.org/other", new CanonicalType("https://example.org"));

        notice.mark(patient, TPO);

        assertThat(codes(patient)).containsExactly("V", "RedisclosureProhibitionMark");
        assertThat(patient.getMeta().getExtensionByUrl("https://example.org/other"))
                .isNotNull();
    }

    @Test
    void marksASearchSetAsHighAsItsEntries() {
        Bundle found = new Bundle().setType(Bundle.BundleType.SEARCHSET);
        found.addEntry().setResource(labelled(new Patient(), "R", "42CFRPart2"));
        found.addEntry().setResource(labelled(new Condition(), "V", "ETHUD"));

        notice.mark(found, COURT);

        assertThat(codes(found))
                .containsExactlyInAnyOrder("V", "42CFRPart2", "ETHUD", "RedisclosureProhibitionMark", "NORDSCLCD");
        assertThat(statements(found)).containsExactly(Statement.SHORT.text());
    }

    @Test
    void putsTheStatementIntoTheNarrativeOfADocumentOnce() {
        Bundle document = document();

        notice.mark(document, COURT);
        notice.mark(document, COURT);

        Composition summary = (Composition) document.getEntryFirstRep().getResource();
        assertThat(summary.getSection()).hasSize(2);
        assertThat(summary.getSection().get(1).getTitle()).isNotBlank();
        assertThat(summary.getSection().get(1).getText().getDivAsString())
                .contains(Statement.SHORT.text())
                .contains("To the drug court, attendance only");
    }

    @Test
    void leavesTheNarrativeOfASignedDocumentAlone() {
        Bundle document = document();
        document.getSignature().setData(new byte[] {1});

        notice.mark(document, TPO);

        assertThat(((Composition) document.getEntryFirstRep().getResource()).getSection())
                .hasSize(1);
        assertThat(statements(document)).isNotEmpty();
    }

    private static Bundle document() {
        Composition summary = new Composition();
        summary.addSection().setTitle("Problems");
        Bundle document = new Bundle().setType(Bundle.BundleType.DOCUMENT);
        document.addEntry().setResource(summary);
        return document;
    }

    private static <T extends Resource> T labelled(T resource, String level, String code) {
        resource.getMeta().addSecurity(HighWaterMark.CONFIDENTIALITY, level, null);
        resource.getMeta().addSecurity(HighWaterMark.ACT_CODE, code, null);
        return resource;
    }

    private static List<String> codes(Resource resource) {
        return resource.getMeta().getSecurity().stream().map(Coding::getCode).toList();
    }

    private static List<String> statements(Resource resource) {
        return resource.getMeta().getExtensionsByUrl(Notice.DISPLAY).stream()
                .map(Extension::getValue)
                .map(value -> ((Annotation) value).getText())
                .toList();
    }

    private static RelatedArtifact artifact(Resource resource) {
        return (RelatedArtifact) resource.getMeta()
                .getSecurity(HighWaterMark.ACT_CODE, "RedisclosureProhibitionMark")
                .getExtensionByUrl(Notice.ARTIFACT)
                .getValue();
    }
}
