// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.consent;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.hl7.fhir.r4.model.Coding;
import org.jspecify.annotations.Nullable;

/**
 * The labels of several things together: the highest confidentiality of all, and whatever else any of them carries. A
 * label that is already there stays as it is, with its version and its extensions.
 *
 * @see <a href="http://hl7.org/fhir/R4/security-labels.html#hwm">High-water mark</a>
 */
final class HighWaterMark {

    static final String CONFIDENTIALITY = "http://terminology.hl7.org/CodeSystem/v3-Confidentiality";
    static final String ACT_CODE = "http://terminology.hl7.org/CodeSystem/v3-ActCode";

    /** Unrestricted to very restricted. */
    private static final List<String> LEVELS = List.of("U", "L", "M", "N", "R", "V");

    /** Kinds of information that were once codes of confidentiality, and have the same code in v3-ActCode. */
    private static final Set<String> KINDS = Set.of("ETH", "HIV", "PSY", "SDV");

    private final Map<String, Coding> others = new LinkedHashMap<>();
    private @Nullable Coding confidentiality;

    HighWaterMark add(Coding label) {
        if (!CONFIDENTIALITY.equals(label.getSystem())) {
            others.putIfAbsent(key(label), label);
        } else if (KINDS.contains(label.getCode())) {
            add(new Coding(ACT_CODE, label.getCode(), label.getDisplay()));
        } else if (level(label) > level(confidentiality)) {
            confidentiality = LEVELS.contains(label.getCode()) ? label : new Coding(CONFIDENTIALITY, "V", null);
        }
        return this;
    }

    HighWaterMark addAll(Iterable<Coding> labels) {
        labels.forEach(this::add);
        return this;
    }

    boolean contains(Coding label) {
        return others.containsKey(key(label));
    }

    /** The one code of confidentiality; {@code null} when nothing carries any. */
    @Nullable
    String confidentiality() {
        return confidentiality == null ? null : confidentiality.getCode();
    }

    /** How restricted it is, to be compared; less than zero when nothing says so. */
    int level() {
        return level(confidentiality);
    }

    /** Copies, the code of confidentiality first. */
    List<Coding> labels() {
        List<Coding> labels = new ArrayList<>();
        if (confidentiality != null) {
            labels.add(confidentiality.copy());
        }
        others.values().forEach(label -> labels.add(label.copy()));
        return labels;
    }

    /** All but the code of confidentiality. */
    List<Coding> others() {
        return List.copyOf(others.values());
    }

    /** A code that nobody knows may mean anything, so it counts as the highest. */
    private static int level(@Nullable Coding label) {
        if (label == null) {
            return -1;
        }
        int level = LEVELS.indexOf(label.getCode());
        return level < 0 ? LEVELS.size() - 1 : level;
    }

    private static String key(Coding label) {
        return label.getSystem() + "|" + (label.hasCode() ? label.getCode() : label.getDisplay());
    }
}
