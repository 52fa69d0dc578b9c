// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.net.URI;
import java.util.Arrays;
import java.util.Set;
import java.util.stream.Collectors;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.Bundle;
import org.hl7.fhir.r4.model.Bundle.BundleEntryComponent;
import org.hl7.fhir.r4.model.CanonicalType;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Composition;
import org.hl7.fhir.r4.model.Composition.SectionComponent;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.MarkdownType;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.Narrative.NarrativeStatus;
import org.hl7.fhir.r4.model.RelatedArtifact;
import org.hl7.fhir.r4.model.RelatedArtifact.RelatedArtifactType;
import org.hl7.fhir.r4.model.Resource;
import org.hl7.fhir.utilities.xhtml.NodeType;
import org.hl7.fhir.utilities.xhtml.XhtmlNode;
import org.jspecify.annotations.Nullable;

/**
 * What goes with each record that is disclosed with a patient's consent: one of the two statements of the regulation, word
 * for word, and the consent or its scope. Only for what leaves the program, and for a copy that is not stored.
 *
 * @see <a href="https://www.ecfr.gov/current/title-42/section-2.32">42 CFR 2.32</a>
 */
public final class Notice {

    static final String DISPLAY = "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-display";
    static final String ARTIFACT =
            "http://hl7.org/fhir/uv/security-label-ds4p/StructureDefinition/extension-sec-label-related-artifact";
    static final String SECTION_TITLE = "Notice of 42 CFR Part 2";

    private static final Set<String> STATEMENTS =
            Arrays.stream(Statement.values()).map(Statement::text).collect(Collectors.toUnmodifiableSet());

    private static final String MARK = "RedisclosureProhibitionMark";

    private final Statement statement;

    public Notice(Statement statement) {
        this.statement = statement;
    }

    /** The statements of which one goes with each disclosure. */
    public enum Statement {
        /** That of 2.32(a)(2). */
        SHORT("42 CFR part 2 prohibits unauthorized use or disclosure of these records."),

        /** That of 2.32(a)(1). */
        FULL(
                "This record which has been disclosed to you is protected by Federal confidentiality rules (42 CFR part 2). "
                        + "These rules prohibit you from using or disclosing this record, or testimony that describes the "
                        + "information contained in this record, in any civil, criminal, administrative, or legislative "
                        + "proceedings by any Federal, State, or local authority, against the patient, unless authorized by the "
                        + "consent of the patient, except as provided at 42 CFR 2.12(c)(5) or as authorized by a court in "
                        + "accordance with 42 CFR 2.64 or 2.65. In addition, the Federal rules prohibit you from making any "
                        + "other use or disclosure of this record unless at least one of the following applies: (i) Further use "
                        + "or disclosure is expressly permitted by the written consent of the individual whose information is "
                        + "being disclosed in this record or as otherwise permitted by 42 CFR part 2. (ii) You are a covered "
                        + "entity or business associate and have received the record for treatment, payment, or health care "
                        + "operations, or (iii) You have received the record from a covered entity or business associate as "
                        + "permitted by 45 CFR part 164, subparts A and E. A general authorization for the release of medical or "
                        + "other information is NOT sufficient to meet the required elements of written consent to further use "
                        + "or redisclose the record (see 42 CFR 2.31).");

        private final String text;

        Statement(String text) {
            this.text = text;
        }

        /** Word for word. */
        public String text() {
            return text;
        }
    }

    /**
     * On what a disclosure rests.
     *
     * @param consent the whole URL of the consent, since a canonical is never relative; {@code null} when there is none
     * @param scope   what it permits, in words (2.32(b))
     * @param forTpo  whether it permits treatment, payment and health care operations: then a recipient may disclose on
     *                as HIPAA permits (2.33(b)(1)), and else not without another consent
     */
    public record Basis(@Nullable String consent, String scope, boolean forTpo) {
        public Basis {
            if (consent != null && !URI.create(consent).isAbsolute()) {
                throw new IllegalArgumentException("The consent must be named by its whole URL");
            }
            if (scope.isBlank()) {
                throw new IllegalArgumentException("The scope of the consent must be told in words");
            }
        }
    }

    /**
     * What is put into the meta of a resource.
     *
     * @param label     the mark, with the consent or its scope
     * @param statement word for word
     * @param forTpo    as in {@link Basis}
     */
    public record Mark(Coding label, Extension statement, boolean forTpo) {}

    /** What goes with all that is disclosed on one basis. */
    public Mark of(Basis basis) {
        Extension words = new Extension(DISPLAY, new Annotation(new MarkdownType(statement.text())));
        return new Mark(label(basis), words, basis.forTpo());
    }

    /** Mark a resource that is disclosed. Done twice, it says the same once. */
    public void mark(Resource resource, Basis basis) {
        mark(resource, of(basis));
    }

    /** The same with a mark that may be in other resources too. */
    public void mark(Resource resource, Mark mark) {
        Meta meta = resource.getMeta();
        meta.getSecurity().removeIf(Notice::isMark);
        meta.addSecurity(mark.label());
        if (!mark.forTpo() && meta.getSecurity(HighWaterMark.ACT_CODE, "NORDSCLCD") == null) {
            meta.addSecurity(Labels.label("NORDSCLCD"));
        }
        meta.getExtension().removeIf(Notice::isStatement);
        meta.addExtension(mark.statement());
    }

    /**
     * Mark a search set or document as a whole, from the labels of its entries, each of which has been marked before. A
     * document says so in its narrative too, unless somebody has signed it.
     */
    public void mark(Bundle bundle, Basis basis) {
        HighWaterMark mark = new HighWaterMark().addAll(bundle.getMeta().getSecurity());
        Labels.addOfEntries(mark, bundle);
        bundle.getMeta().setSecurity(mark.labels());
        mark((Resource) bundle, basis);
        if (bundle.getType() == Bundle.BundleType.DOCUMENT && !bundle.hasSignature()) {
            bundle.getEntry().stream()
                    .map(BundleEntryComponent::getResource)
                    .filter(Composition.class::isInstance)
                    .map(Composition.class::cast)
                    .findFirst()
                    .ifPresent(summary -> addSection(summary, basis));
        }
    }

    private static Coding label(Basis basis) {
        RelatedArtifact artifact =
                new RelatedArtifact().setType(RelatedArtifactType.JUSTIFICATION).setDisplay(basis.scope());
        if (basis.consent() != null) {
            artifact.setResourceElement(new CanonicalType(basis.consent()));
        }
        Coding label = Labels.label(MARK);
        label.addExtension(ARTIFACT, artifact);
        return label;
    }

    /** That of an earlier disclosure by this or another program. */
    private static boolean isStatement(Extension extension) {
        return DISPLAY.equals(extension.getUrl())
                && extension.getValue() instanceof Annotation annotation
                && STATEMENTS.contains(annotation.getText());
    }

    private void addSection(Composition summary, Basis basis) {
        summary.getSection().removeIf(section -> SECTION_TITLE.equals(section.getTitle()));
        XhtmlNode div = new XhtmlNode(NodeType.Element, "div");
        div.addTag("p").addText(statement.text());
        div.addTag("p").addText(basis.scope());
        SectionComponent section = summary.addSection().setTitle(SECTION_TITLE);
        section.getText().setStatus(NarrativeStatus.ADDITIONAL).setDiv(div);
    }

    private static boolean isMark(Coding label) {
        return HighWaterMark.ACT_CODE.equals(label.getSystem()) && MARK.equals(label.getCode());
    }
}
