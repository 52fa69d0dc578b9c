// SPDX-License-Identifier: Apache-2.0
package org.iopfhir.conformance;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.hl7.fhir.r4.model.Base;
import org.hl7.fhir.r4.model.Extension;
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
        String[] steps = path.split("\\.", -1);
        for (int i = 1; i < steps.length; i++) {
            Matcher step = STEP.matcher(steps[i]);
            if (!step.matches()) {
                continue;
            }
            String name = step.group(1);
            current = child(current, name, step.group(2) == null ? 0 : Integer.parseInt(step.group(2)));
            if (current instanceof Extension extension && extension.hasUrl()) {
                names.add(extension.getUrl().substring(extension.getUrl().lastIndexOf('/') + 1));
            } else if (!(inExtension && name.equals("value"))) {
                names.add(name);
            }
            inExtension = current instanceof Extension;
        }
        return names;
    }

    private static @Nullable Base child(@Nullable Base parent, String name, int index) {
        if (parent == null) {
            return null;
        }
        Base[] children = parent.listChildrenByName(name, false);
        return index < children.length ? children[index] : null;
    }
}
