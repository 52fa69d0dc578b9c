// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.Collections;
import java.util.List;
import java.util.SortedSet;
import java.util.TreeSet;
import org.hl7.fhir.r4.model.Coding;
import org.hl7.fhir.r4.model.Resource;

/**
 * What a record is, as far as a consent can tell records apart.
 *
 * @param type   of the resource
 * @param labels of {@code meta.security}: codes of v3-Confidentiality and v3-ActCode as they are, others as
 *               {@code system|code}
 */
public record ContentClass(String type, SortedSet<String> labels) {

    private static final List<String> PLAIN = List.of(
            "http://terminology.hl7.org/CodeSystem/v3-Confidentiality",
            "http://terminology.hl7.org/CodeSystem/v3-ActCode");

    public ContentClass {
        SortedSet<String> words = new TreeSet<>();
        labels.forEach(label -> words.add(word(label)));
        labels = Collections.unmodifiableSortedSet(words);
    }

    /** What {@code resource} is. */
    public static ContentClass of(Resource resource) {
        SortedSet<String> labels = new TreeSet<>();
        resource.getMeta().getSecurity().forEach(label -> labels.add(name(label)));
        return new ContentClass(resource.fhirType(), labels);
    }

    /** How a label is named here. */
    static String name(Coding label) {
        String code = word(String.valueOf(label.getCode()));
        String system = word(String.valueOf(label.getSystem()));
        return PLAIN.contains(system) ? code : system + "|" + code;
    }

    /** A space stands between two labels. */
    private static String word(String text) {
        return text.replaceAll("\\s", "");
    }

    /** The same for what is the same: the type and the labels, with a space between them. */
    public String text() {
        return labels.isEmpty() ? type : type + " " + String.join(" ", labels);
    }

    /** What {@link #text} says. */
    public static ContentClass parse(String text) {
        List<String> words = List.of(text.split(" ", -1));
        return new ContentClass(words.get(0), new TreeSet<>(words.subList(1, words.size())));
    }
}
