// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.server.standin;

import ca.uhn.fhir.context.FhirContext;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.hl7.fhir.r4.model.Meta;

/** How the labels and extensions of a {@code meta} are written in JSON, remembered from one answer to the next. */
public final class LabelTexts {

    /** Each consent has one. */
    private static final int REMEMBERED = 5_000;

    private static final ObjectMapper JSON = new ObjectMapper();

    private final FhirContext fhir;
    private final Cache<String, Text> known =
            Caffeine.newBuilder().maximumSize(REMEMBERED).build();

    public LabelTexts(FhirContext fhir) {
        this.fhir = fhir;
    }

    /**
     * As HAPI writes it.
     *
     * @param security  the items of the list, without its brackets
     * @param extension the same; empty where there are none
     */
    record Text(String security, String extension) {}

    /** Empty where there are other elements than this server puts there. */
    Optional<Text> of(Meta meta) {
        return LabelKey.of(meta).map(key -> known.get(key, any -> encoded(meta)));
    }

    private Text encoded(Meta meta) {
        Meta part = new Meta().setSecurity(meta.getSecurity());
        part.setExtension(meta.getExtension());
        try {
            JsonNode written = JSON.readTree(fhir.newJsonParser().encodeToString(part));
            return new Text(items(written.path("security")), items(written.path("extension")));
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("HAPI wrote what is no JSON", e);
        }
    }

    private static String items(JsonNode list) {
        return StreamSupport.stream(list.spliterator(), false)
                .map(JsonNode::toString)
                .collect(Collectors.joining(","));
    }
}
