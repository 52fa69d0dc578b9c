// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.standin;

import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.BiPredicate;
import org.hl7.fhir.r4.model.Annotation;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Element;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Meta;
import org.hl7.fhir.r4.model.PrimitiveType;
import org.hl7.fhir.r4.model.RelatedArtifact;
import org.hl7.fhir.r4.model.Type;
import org.jspecify.annotations.Nullable;

/**
 * All that the labels and extensions of a {@code meta} say, as one text: two with the same are written alike. It knows
 * what this server itself puts there, and has none for anything else, since comparing whatever FHIR allows would take
 * longer than writing it.
 */
final class LabelKey {

    /** In no value of FHIR, whose texts have no other control characters than tab and line ends. */
    private static final char END = '\u0001';

    private final StringBuilder text = new StringBuilder();
    private boolean isKnown = true;

    private LabelKey() {}

    /** Empty where something is not known. */
    static Optional<String> of(Meta meta) {
        LabelKey key = new LabelKey();
        key.addAll(meta.getExtension());
        for (Coding label : meta.getSecurity()) {
            key.add(label);
        }
        return key.isKnown ? Optional.of(key.text.toString()) : Optional.empty();
    }

    /** Whether {@code meta} says the same as {@code known}, which has a key; compared without making another. */
    static boolean areAlike(Meta meta, Meta known) {
        return areAlike(meta.getExtension(), known.getExtension(), LabelKey::isSameExtension)
                && areAlike(meta.getSecurity(), known.getSecurity(), LabelKey::isSameCode);
    }

    private static <T> boolean areAlike(List<T> some, List<T> known, BiPredicate<T, T> isSame) {
        boolean alike = some.size() == known.size();
        for (int i = 0; alike && i < some.size(); i++) {
            alike = some.get(i) == known.get(i) || isSame.test(some.get(i), known.get(i));
        }
        return alike;
    }

    private static boolean isSameExtension(Extension some, Extension known) {
        return some.getValue() instanceof Coding code
                && known.getValue() instanceof Coding other
                && isPlain(some)
                && isSame(some.getUrlElement(), known.getUrlElement())
                && isSameCode(code, other);
    }

    private static boolean isSameCode(Coding some, Coding known) {
        return !some.hasId()
                && !some.hasUserSelected()
                && isSame(some.getSystemElement(), known.getSystemElement())
                && isSame(some.getVersionElement(), known.getVersionElement())
                && isSame(some.getCodeElement(), known.getCodeElement())
                && isSame(some.getDisplayElement(), known.getDisplayElement())
                && areAlike(some.getExtension(), known.getExtension(), LabelKey::isSameExtension);
    }

    private static boolean isSame(PrimitiveType<?> some, PrimitiveType<?> known) {
        return isPlain(some) && Objects.equals(some.getValueAsString(), known.getValueAsString());
    }

    private void addAll(List<Extension> extensions) {
        for (Extension extension : extensions) {
            isKnown &= !extension.hasId() && !extension.hasExtension();
            add(extension.getUrlElement());
            add(extension.getValue());
        }
        text.append(END);
    }

    private void add(@Nullable Type value) {
        if (value instanceof Coding code) {
            add(code);
        } else if (value instanceof RelatedArtifact artifact) {
            isKnown &= isPlain(artifact)
                    && !artifact.hasLabel()
                    && !artifact.hasCitation()
                    && !artifact.hasUrl()
                    && !artifact.hasDocument();
            add(artifact.getTypeElement());
            add(artifact.getDisplayElement());
            add(artifact.getResourceElement());
        } else if (value instanceof Annotation words) {
            isKnown &= isPlain(words) && !words.hasAuthor() && !words.hasTime();
            add(words.getTextElement());
        } else {
            isKnown = false;
        }
    }

    private void add(Coding label) {
        isKnown &= !label.hasId() && !label.hasUserSelected();
        add(label.getSystemElement());
        add(label.getVersionElement());
        add(label.getCodeElement());
        add(label.getDisplayElement());
        addAll(label.getExtension());
    }

    private void add(PrimitiveType<?> value) {
        isKnown &= isPlain(value);
        text.append(value.getValueAsString()).append(END);
    }

    private static boolean isPlain(Element element) {
        return !element.hasId() && !element.hasExtension();
    }
}
