// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Extension;
import org.hl7.fhir.r4.model.Property;
import org.hl7.fhir.r4.model.Resource;
import org.jspecify.annotations.Nullable;

/**
 * Name the elements on a path as people do: an extension by the last part of its url, and its value not at all.
 * {@code CarePlan.extension[1].extension[2].value.ofType(Quantity).code} is {@code iop-phase, plannedHours, code}.
 */
final class ElementNames {
    private static final Pattern STEP = Pattern.compile("(\\w+)(?:\\[(\\d+)])?");

    private final Resource resource;

    ElementNames(Resource resource) {
        this.resource = resource;
    }

    List<String> of(String path) {
        List<String> names = new ArrayList<>();
        @Nullable Base current = resource;
        boolean inExtension = false;
        for (Matcher step : steps(path)) {
            String name = step.group(1);
            current = child(current, step);
            if (current instanceof Resource && name.equals("resource")) {
                // A rule of an entry is that of the resource in it.
                names.clear();
            } else if (current instanceof Extension extension && extension.hasUrl()) {
                names.add(extension.getUrl().substring(extension.getUrl().lastIndexOf('/') + 1));
            } else if (!(inExtension && name.equals("value"))) {
                names.add(name);
            }
            inExtension = current instanceof Extension;
        }
        return names;
    }

    /** Name an element that may be of several types without the type: {@code effectiveInstant} is {@code effective}. */
    String withoutType(String parent, String name) {
        @Nullable Base current = resource;
        for (Matcher step : steps(parent)) {
            current = child(current, step);
        }
        return current == null
                ? name
                : current.children().stream()
                        .map(Property::getName)
                        .filter(choice -> choice.endsWith("[x]"))
                        .map(choice -> choice.substring(0, choice.length() - 3))
                        .filter(name::startsWith)
                        .findFirst()
                        .orElse(name);
    }

    private static List<Matcher> steps(String path) {
        return Arrays.stream(path.split("\\.", -1))
                .skip(1)
                .map(STEP::matcher)
                .filter(Matcher::matches)
                .toList();
    }

    private static @Nullable Base child(@Nullable Base parent, Matcher step) {
        if (parent == null) {
            return null;
        }
        int index = step.group(2) == null ? 0 : Integer.parseInt(step.group(2));
        Base[] children = parent.listChildrenByName(step.group(1), false);
        return index < children.length ? children[index] : null;
    }
}
