// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.hl7.fhir.r5.context.IWorkerContext;
import org.hl7.fhir.r5.elementmodel.Element;
import org.hl7.fhir.r5.extensions.ExtensionDefinitions;
import org.hl7.fhir.r5.model.ElementDefinition;
import org.hl7.fhir.r5.model.ElementDefinition.ElementDefinitionConstraintComponent;
import org.hl7.fhir.r5.model.StructureDefinition;
import org.hl7.fhir.r5.model.StructureDefinition.ExtensionContextType;
import org.jspecify.annotations.Nullable;

/**
 * Remembers elements that were found without fault, by the place that they stand in and what they say. A program says
 * the same of each of its sessions and plans most weeks alike, and the profiles and code systems never change while the
 * server runs, so that the same content at the same place is without fault again.
 *
 * <p>Only what is judged by itself is remembered: nothing that any rule compares with the rest of the resource. Safe for
 * use by many threads.
 *
 * @see ElementContent for what counts as the same content
 */
final class SoundElements {

    private static final int MOST = 10_000;

    private static final Pattern INDEX = Pattern.compile("\\[\\d+]");
    private static final List<String> LOOKING_AROUND = List.of("%resource", "%rootResource", "%context", "resolve()");

    /** Rules of base R4 that compare nothing but codes, amounts and the order of a period, and ours of a phase. */
    private static final Pattern PLAIN_RULES = Pattern.compile("(?:ele|ext|per|ref|qty|rng|drt|tim|cpl)-\\d+"
            + "|iop-phase-(?:hours-positive|hours-fit-days|days-in-week)");

    private final IWorkerContext definitions;
    private final Cache<Place, Boolean> sound =
            Caffeine.newBuilder().maximumSize(MOST).build();
    private final Map<ElementDefinition, Judged> judged = new ConcurrentHashMap<>();
    private final Map<String, Judged> judgedByUrl = new ConcurrentHashMap<>();

    /** On what the verdict about an element depends. */
    private enum Judged {
        /** On more than the element. */
        AROUND,
        /** On the element to the last letter. */
        BY_LETTER,
        /** On what sort of date, reference or text there is, not on which. */
        BY_SORT
    }

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
        Judged how = judged.computeIfAbsent(definition, any -> judged(profile, definition));
        if (how == Judged.AROUND) {
            return null;
        }
        // In a Bundle a reference is followed to the entry that it names.
        boolean isBySort = how == Judged.BY_SORT && !profile.getType().equals("Bundle") && !path.contains(" Bundle");
        String content = new ElementContent(isBySort, this::isDefinedSo).of(element);
        return content == null
                ? null
                : new Place(definition, INDEX.matcher(path).replaceAll(""), content, flags);
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

    private Judged judged(StructureDefinition profile, ElementDefinition definition) {
        String below = definition.getPath() + ".";
        return judged(Stream.concat(
                Stream.of(definition),
                profile.getSnapshot().getElement().stream()
                        .filter(element -> element.getPath().startsWith(below))));
    }

    private boolean isDefinedSo(String url, boolean isBySort) {
        Judged how = judgedByUrl.computeIfAbsent(url, this::judgedExtension);
        return isBySort ? how == Judged.BY_SORT : how != Judged.AROUND;
    }

    private Judged judgedExtension(String url) {
        StructureDefinition extension = definitions.fetchResource(StructureDefinition.class, url);
        boolean isAlone = extension != null
                && !extension.hasContextInvariant()
                && extension.getContext().stream()
                        .allMatch(context -> context.getType() != ExtensionContextType.FHIRPATH);
        return isAlone ? judged(extension.getSnapshot().getElement().stream()) : Judged.AROUND;
    }

    private static Judged judged(Stream<ElementDefinition> elements) {
        return elements.map(SoundElements::judged)
                .min(Comparator.naturalOrder())
                .orElse(Judged.AROUND);
    }

    private static Judged judged(ElementDefinition element) {
        List<ElementDefinitionConstraintComponent> rules = element.getConstraint();
        boolean isAround = rules.stream()
                .anyMatch(rule -> LOOKING_AROUND.stream()
                        .anyMatch(word -> rule.getExpression() != null
                                && rule.getExpression().contains(word)));
        // ref-1 looks for what a reference to something contained names: such a reference is looked at each time.
        boolean isPlain = rules.stream()
                .allMatch(rule -> PLAIN_RULES.matcher(rule.getKey()).matches());
        return isAround && !isPlain ? Judged.AROUND : isPlain && isOpen(element) ? Judged.BY_SORT : Judged.BY_LETTER;
    }

    /** Whether any date, reference or text may stand here. */
    private static boolean isOpen(ElementDefinition element) {
        boolean isBounded = element.hasMaxLength()
                || element.hasMinValue()
                || element.hasMaxValue()
                || element.hasExtension(ExtensionDefinitions.EXT_REGEX, ExtensionDefinitions.EXT_MIN_LENGTH);
        boolean isText = element.getType().stream().anyMatch(type -> ElementContent.isSorted(type.getWorkingCode()));
        boolean isGiven = element.hasFixed() || element.hasPattern();
        return !isBounded && !(isText && isGiven);
    }
}
