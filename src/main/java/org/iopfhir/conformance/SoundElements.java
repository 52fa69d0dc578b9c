// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.model.ElementDefinition;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.model.StructureDefinition.ExtensionContextType;
import org.jspecify.annotations.Nullable;

/**
 * Remembers codes, concepts, amounts and extensions of them that were found without fault, by the place that they stand
 * in and all that they say. A program says the same of each of its sessions, and the profiles and code systems never
 * change while the server runs, so that the same content at the same place is without fault again.
 *
 * <p>Only what is judged by itself is remembered: nothing with a reference, a date or a long text in it, and nothing
 * that any rule compares with the rest of the resource. Safe for use by many threads.
 */
final class SoundElements {

    private static final int MOST = 10_000;
    private static final int LONGEST = 1_500;
    private static final int LONGEST_TEXT = 200;

    private static final Set<String> KINDS =
            Set.of("CodeableConcept", "Coding", "Quantity", "Duration", "Range", "Extension");
    private static final Set<String> VALUES =
            Set.of("code", "uri", "string", "boolean", "integer", "positiveInt", "unsignedInt", "decimal");

    private static final Pattern INDEX = Pattern.compile("\\[\\d+]");
    private static final List<String> LOOKING_AROUND = List.of("%resource", "%rootResource", "%context", "resolve()");

    private final IWorkerContext definitions;
    private final Cache<Place, Boolean> sound =
            Caffeine.newBuilder().maximumSize(MOST).build();
    private final Map<ElementDefinition, Boolean> judgedAlone = new ConcurrentHashMap<>();
    private final Map<String, Boolean> judgedAloneByUrl = new ConcurrentHashMap<>();

    SoundElements(IWorkerContext definitions) {
        this.definitions = definitions;
    }

    /**
     * Where an element stands and what it says.
     *
     * @param definition that it is checked against; each is one object for as long as the server runs
     * @param path       with the types and names of all that it stands in, without their numbers
     * @param content    all of it
     * @param flags      what else the check depends on
     */
    record Place(ElementDefinition definition, String path, String content, List<Object> flags) {}

    /** The place to remember, or {@code null} when the element is not one of those that are judged by themselves. */
    @Nullable
    Place placeOf(
            StructureDefinition profile,
            ElementDefinition definition,
            Element element,
            String path,
            List<Object> flags) {
        String type = element.fhirType();
        if (!KINDS.contains(type) || !isJudgedAlone(profile, definition)) {
            return null;
        }
        StringBuilder content = new StringBuilder();
        return write(element, type, content)
                ? new Place(definition, INDEX.matcher(path).replaceAll(""), content.toString(), flags)
                : null;
    }

    /**
     * Whether an element is without fault, as it is remembered, or else by looking.
     *
     * @param where gives {@code null} for what is to be looked at each time
     * @param check looks, and adds to {@code messages} whatever there is to say
     */
    boolean isSound(Supplier<@Nullable Place> where, List<?> messages, BooleanSupplier check) {
        Place place = where.get();
        if (place != null && sound.getIfPresent(place) != null) {
            return true;
        }
        int before = messages.size();
        boolean isGood = check.getAsBoolean();
        if (place != null && isGood && messages.size() == before) {
            sound.put(place, true);
        }
        return isGood;
    }

    /** False when there is anything in it that is not judged by itself. Every text is preceded by its length. */
    private boolean write(Element element, String type, StringBuilder content) {
        content.append(element.getName()).append(':').append(type).append('(');
        String value = element.isPrimitive() ? element.primitiveValue() : null;
        if (value != null) {
            content.append(value.length()).append(' ').append(value);
        }
        boolean isKind = KINDS.contains(type) && (!type.equals("Extension") || isExtensionJudgedAlone(element));
        boolean isValue = VALUES.contains(type) && (value == null || value.length() <= LONGEST_TEXT);
        if (!(isKind || isValue) || content.length() > LONGEST) {
            return false;
        }
        for (Element child : element.getChildren()) {
            if (!write(child, child.fhirType(), content)) {
                return false;
            }
        }
        content.append(')');
        return true;
    }

    private boolean isJudgedAlone(StructureDefinition profile, ElementDefinition definition) {
        return judgedAlone.computeIfAbsent(
                definition,
                any -> isWithoutView(definition)
                        && profile.getSnapshot().getElement().stream()
                                .filter(below -> below.getPath().startsWith(definition.getPath() + "."))
                                .allMatch(SoundElements::isWithoutView));
    }

    private boolean isExtensionJudgedAlone(Element extension) {
        String url = extension.getNamedChildValue("url");
        return url != null && (!url.contains(":") || judgedAloneByUrl.computeIfAbsent(url, this::isDefinedAlone));
    }

    private boolean isDefinedAlone(String url) {
        StructureDefinition extension = definitions.fetchResource(StructureDefinition.class, url);
        return extension != null
                && !extension.hasContextInvariant()
                && extension.getContext().stream()
                        .allMatch(context -> context.getType() != ExtensionContextType.FHIRPATH)
                && extension.getSnapshot().getElement().stream().allMatch(SoundElements::isWithoutView);
    }

    /** Whether no rule of an element looks at anything outside of it. */
    private static boolean isWithoutView(ElementDefinition definition) {
        return definition.getConstraint().stream()
                .allMatch(rule -> LOOKING_AROUND.stream()
                        .noneMatch(word -> rule.getExpression() != null
                                && rule.getExpression().contains(word)));
    }
}
