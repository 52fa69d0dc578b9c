// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.standin;

import ca.uhn.fhir.context.FhirContext;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import org.hl7.fhir.r4.model.Meta;

/** How the labels and extensions of a {@code meta} are written in JSON, remembered from one answer to the next. */
public final class LabelTexts {

    /** Each consent has one. */
    private static final int REMEMBERED = 5_000;

    private final FhirContext fhir;
    private final Cache<String, String> known =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    public LabelTexts(FhirContext fhir) {
        this.fhir = fhir;
    }

    /**
     * As HAPI writes them: the members {@code extension} and {@code security}, or one of them, without the braces around.
     * Empty where there are other elements than this server puts there.
     */
    Optional<String> of(Meta meta) {
        return LabelKey.of(meta).map(key -> known.get(key, any -> encoded(meta)));
    }

    private String encoded(Meta meta) {
        Meta part = new Meta().setSecurity(meta.getSecurity());
        part.setExtension(meta.getExtension());
        String written = fhir.newJsonParser().encodeToString(part);
        return written.substring(1, written.length() - 1);
    }
}
